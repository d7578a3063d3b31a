using System.Text.Json.Nodes;

namespace Nabla.Benchmarks;

/// <summary>How many bytes a training step allocates, on all threads together, after warming up.</summary>
internal static class AllocationBenchmark
{
    private const int Steps = 1000, Inputs = 784;

    public static JsonObject Run(Arguments arguments)
    {
        var network = arguments.MakeNetwork(Inputs);
        var trainer = new Trainer(network, arguments.MakeLoss(), arguments.MakeOptimizer());
        Matrix x = new(arguments.Whole("batch", 32), Inputs), target = new(x.Rows, network.Outputs);
        var random = new RandomGenerator(1);
        foreach (ref var value in x.Values)
            value = (float)random.NextUniform(0, 1);
        for (var i = 0; i < x.Rows; i++)
            target[i, i % target.Columns] = 1;

        var least = long.MaxValue;                  // of several runs: the runtime's own threads allocate now and then
        for (var run = 0; run < 5; run++)
        {
            for (var i = 0; i < 100; i++)
                trainer.Step(x, target);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Steps; i++)
                trainer.Step(x, target);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return new() { ["steps"] = Steps, ["bytes"] = least };
    }
}
