using System.Text.Json.Nodes;
using Nabla.Doctor;

namespace Nabla.Benchmarks;

/// <summary>
/// What the training doctor costs. The same training on MNIST runs with and without it, alternately. Reports the share
/// of processor time that the doctor adds.
/// </summary>
internal static class DoctorBenchmark
{
    public static JsonObject Run(Arguments arguments)
    {
        var (train, _) = arguments.Mnist();
        var rounds = arguments.Whole("rounds", 15);
        double[] with = new double[rounds], without = new double[rounds];
        Seconds(null);                                  // compiles the code
        Seconds(new());
        for (var round = 0; round < rounds; round++)
        {
            var doctorFirst = round % 2 == 0;           // alternates, so that a drift of the machine affects both alike
            if (doctorFirst)
                with[round] = Seconds(new());
            without[round] = Seconds(null);
            if (!doctorFirst)
                with[round] = Seconds(new());
        }
        return new()
        {
            ["secondsWithout"] = Median(without),
            ["secondsWith"] = Median(with),
            ["best"] = with.Min() / without.Min() - 1,
            ["median"] = Median([.. with.Zip(without, (a, b) => a / b - 1)]),
        };

        double Seconds(TrainingDoctor? doctor)
        {
            var network = arguments.MakeNetwork(train.Inputs);
            var trainer = new Trainer(network, arguments.MakeLoss(), arguments.MakeOptimizer());
            var options = new TrainingOptions
            {
                Epochs = arguments.Whole("epochs", 2),
                BatchSize = arguments.Whole("batch", 32),
                Observers = doctor is null ? [] : [doctor],
            };
            // Processor time, because other programs disturb it less than the clock.
            var before = Environment.CpuUsage.TotalTime;
            _ = trainer.Train(train, options).Count();
            return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
