using Nabla.Data;
using Nabla.Doctor;
using Nabla.Kernels;

namespace Nabla.Cli;

/// <summary>
/// Has .NET compile the code of the training while the files are still being read: it trains the network that is asked for on a batch of black images, and
/// forgets it. Nothing of it is seen but the time that the first epoch does not take.
/// </summary>
internal static class WarmUp
{
    private const int MostExamples = 256, OfConvolutions = 4;       // convolutions take longer to train than to compile, and their kernels are the same for any batch
    private const int MostParameters = 1_000_000;                   // of a larger network, the same is true of all layers

    /// <summary>Loads, and warms up meanwhile. With one thread there is no meanwhile.</summary>
    public static T While<T>(Func<T> load, TrainRequest request)
    {
        if (Compute.Threads == 1)
            return load();
        T? result = default;
        Workers.Both(() => result = load(), () => Run(request));
        return result!;
    }

    /// <summary>Whether it was done; not if the network is large, or cannot be trained: then the training itself says why.</summary>
    internal static bool Run(TrainRequest request)
    {
        try
        {
            var settings = TrainSettings.From(request, Black(request, 1));
            var layers = LayerList.Parse(settings.Layers);
            var convolves = layers.SelectMany(layer => layer.WithInner()).Any(layer => layer is Conv2D);
            var black = Black(request, Math.Min(settings.BatchSize, convolves ? OfConvolutions : MostExamples));      // those of dense layers are not
            var sequence = new LayerSequence(black.Shape, layers);
            if (sequence.Layers.Sum(layer => layer.Parameters.Sum(parameter => (long)parameter.Count)) > MostParameters)
                return false;
            var network = new Network(sequence, seed: null);
            var loss = LossList.Parse(settings.Loss);
            var trainer = new Trainer(network, loss, settings.MakeOptimizer());
            var options = settings.MakeOptions(black) with { Epochs = 1, BatchSize = black.Count, Observers = request.NoDoctor ? [] : [new TrainingDoctor()] };
            return trainer.Train(black, options).Count() == 1;
        }
        catch (Exception e) when (e is not OutOfMemoryException)    // nothing of this is a result; what is wrong will be said by the training itself
        {
            return false;
        }
    }

    private static Dataset Black(TrainRequest request, int count) =>
        Dataset.FromImages(request.Data, new byte[count * 28 * 28], new(28, 28), new byte[count], ImageFolder.TenDigits);
}
