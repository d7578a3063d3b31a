using Nabla.Data;
using Nabla.Doctor;

namespace Nabla.Cli;

/// <summary>
/// Makes .NET compile the code of the training while the files are still being read: it trains the requested network on
/// a batch of black images and discards it. Its only effect is that the first epoch takes less time.
/// </summary>
internal static class WarmUp
{
    /// <summary>Convolutions take longer to train than to compile, and use the same kernels for any batch.</summary>
    private const int MostExamples = 256, MostOfConvolutions = 4;

    /// <summary>The layers of a larger network take longer to train than to compile.</summary>
    private const int MostParameters = 1_000_000;

    private static readonly string[] classes = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    /// <summary>Loads the data and warms up at the same time. With one thread, it only loads.</summary>
    public static T While<T>(Func<T> load, TrainRequest request)
    {
        if (Compute.Threads == 1)
            return load();
        T? result = default;
        Together.Run(() => result = load(), () => Run(request));
        return result!;
    }

    /// <summary>
    /// Returns whether it was done: not if the network is large or cannot be trained. In the latter case, the training
    /// itself reports the error.
    /// </summary>
    internal static bool Run(TrainRequest request)
    {
        try
        {
            var settings = TrainSettings.From(request, Black(1));
            var layers = Parse.Layers(settings.Layers);
            var black = Black(Math.Min(settings.BatchSize, layers.Any(Convolves) ? MostOfConvolutions : MostExamples));
            var network = new Network(black.Shape, layers, seed: null);
            if (network.Parameters.Count > MostParameters)
                return false;
            var trainer = new Trainer(network, Parse.Loss(settings.Loss), settings.MakeOptimizer());
            var options = settings.MakeOptions(black) with
            {
                Epochs = 1,
                BatchSize = black.Count,
                Observers = request.NoDoctor ? [] : [new TrainingDoctor()],
            };
            return trainer.Train(black, options).Count() == 1;
        }
        catch (Exception e) when (e is not OutOfMemoryException)    // the training itself will throw the same
        {
            return false;
        }

        Dataset Black(int count) => Dataset.FromImages(
            request.Data, new byte[count * 28 * 28], new(28, 28), new byte[count], classes);
    }

    private static bool Convolves(Layer layer) => layer is Conv2D || layer.Inner.Any(Convolves);
}
