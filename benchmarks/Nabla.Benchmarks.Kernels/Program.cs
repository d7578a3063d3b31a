using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// Measures the kernels one by one with BenchmarkDotNet:
//     dotnet run -c Release --project benchmarks/Nabla.Benchmarks.Kernels -- --filter '*'
// In this process, so that it also runs without an SDK; NABLA_KERNELS chooses the instruction set.
var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
