namespace Nabla.Tests.Training.Doctor;

public sealed class DoctorTests
{
    [Fact(Explicit = true)]
    public void Explore()
    {
        for (ulong seed = 1; seed <= ulong.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "1"); seed++)
            foreach (var run in DoctorRuns.Broken.Concat(DoctorRuns.Healthy).Select(r => Environment.GetEnvironmentVariable("B") is { } b ? r with { BatchSize = int.Parse(b) } : r))
            {
                var w = System.Diagnostics.Stopwatch.StartNew();
                var r = run.Run(seed);
                var ok = run.Code is null ? !r.Alarms.Any() : r.Named is not null;
                Console.WriteLine($"{(ok ? "ok  " : "BAD ")} {seed} {run.Code,-6} {run.Name,-45} {w.ElapsedMilliseconds} ms {string.Join(" ", r.Findings.Select(f => f.Code + (f.Layer is { } l ? $"@{l}" : "") + f.Severity.ToString()[0]))}  {r.End?.GetType().Name} acc {(r.Epochs.Count > 0 ? r.Epochs[^1].Validation?.Accuracy : null):F2} loss {(r.Epochs.Count > 0 ? r.Epochs[^1].TrainLoss : null):G3}");
                if (seed == 1 || !ok)
                    foreach (var f in r.Findings) Console.WriteLine("        " + f);
            }
    }
}
