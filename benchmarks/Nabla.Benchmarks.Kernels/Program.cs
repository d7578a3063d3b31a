using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// The kernels one by one, by BenchmarkDotNet: `dotnet run -c Release --project benchmarks/Nabla.Benchmarks.Kernels -- --filter '*'`.
// In this process, so that it also runs where there is no SDK; NABLA_KERNELS chooses the instruction set.
var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
