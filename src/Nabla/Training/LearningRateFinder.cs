using Nabla.Data;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// Finds a learning rate to train with: it makes a few steps at rates from tiny to huge, and looks where the loss
/// falls and where it blows up (Smith, 2017, <i>Cyclical Learning Rates for Training Neural Networks</i>, section 3.3).
/// </summary>
/// <remarks>
/// The rate grows by the same factor at every step. The loss is smoothed as an exponential moving average, corrected
/// for its start: l̄ ← β·l̄ + (1 − β)·l, shown as l̄ / (1 − βⁱ). The run ends early if the smoothed loss is four
/// times the lowest so far, if the training diverges, or if a rate is so large that decoupled weight decay would
/// shrink weights past zero (η·λ ≥ 1).
/// </remarks>
public sealed record LearningRateFinder
{
    private const double BlowUp = 4;

    /// <summary>The smallest rate, with which the run begins.</summary>
    public double From { get; init; } = 1e-6;

    /// <summary>The largest rate, with which the run ends unless the loss blows up earlier.</summary>
    public double To { get; init; } = 100;

    /// <summary>The number of steps, each with a larger rate.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>B, the number of examples that each step learns from.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>β, the share of the smoothed loss that is kept at each step.</summary>
    public double Smoothing { get; init; } = 0.9;

    /// <summary>How images are changed before they are learned from, as in the training;
    /// null for unchanged images.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>The seed of the order of examples, and of the augmentation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Tries the rates. Afterwards the network and the optimiser are,
    /// bit for bit, what they were before.</summary>
    /// <exception cref="ArgumentException">The data does not fit the network, the network does not fit the loss,
    /// a setting makes no sense, or the optimiser is custom and has made steps already: what it remembers could
    /// not be restored.</exception>
    public LearningRateCurve Run(
        Network network, Loss loss, Optimizer optimizer, Dataset data, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        CheckSettings();
        if (optimizer.IsBound && !optimizer.ShowsAll)
            throw new ArgumentException(
                $"The optimiser '{optimizer.Name}' has made steps already, and what it remembers cannot be restored, " +
                "since it is custom. Use a new optimiser to find a rate.",
                nameof(optimizer));
        TrainingChecks.Check(network, loss, data, new() { BatchSize = BatchSize, Augmentation = Augmentation });
        using var experiment = new Experiment(network, optimizer);
        var points = new List<(double Rate, double Loss, double Smoothed)>(Steps);
        var blewUp = false;
        var trainer = new Trainer(network, loss, optimizer);
        using var batches = new Batches(data, BatchSize, Augmentation?.For(data, Seed));
        var random = TrainingState.OrderOf(Seed);                       // the same order as a training with this seed
        var (average, lowest, betaToI) = (0.0, double.PositiveInfinity, 1.0);
        for (var step = 0; step < Steps && !blewUp; step++)
        {
            cancel.ThrowIfCancellationRequested();
            if (step % batches.Count == 0)
                batches.Shuffle(random, epoch: 1 + step / batches.Count);
            var (x, target) = batches[step % batches.Count];
            optimizer.LearningRate = Rate(step);
            if (optimizer.DecaysTooFast || Cost(trainer, x, target) is not { } cost)
            {
                blewUp = true;
                break;
            }
            average = Smoothing * average + (1 - Smoothing) * cost;
            betaToI *= Smoothing;
            var smoothed = average / (1 - betaToI);
            points.Add((optimizer.LearningRate, cost, smoothed));
            lowest = Math.Min(lowest, smoothed);
            blewUp = smoothed > BlowUp * lowest;
        }
        return new(points, blewUp);
    }

    /// <summary>The cost before a step, or null if the cost or its gradient is not finite.</summary>
    private static double? Cost(Trainer trainer, Matrix x, Matrix target)
    {
        try
        {
            return trainer.Step(x, target);
        }
        catch (DivergedException)
        {
            return null;
        }
    }

    /// <summary>From·(To / From)^(step / (Steps − 1)), computed downwards from To.</summary>
    private double Rate(int step) =>
        To * ScalarMath.Exp(-ScalarMath.Log(To / From) * (1 - (double)step / (Steps - 1)));

    private void CheckSettings()
    {
        if (!(From > 0 && To > From && double.IsFinite(To)))
            throw new ArgumentException($"The rates must go up from a positive number, but are from {From} to {To}.");
        if (Steps < 10)
            throw new ArgumentException($"{Steps} steps show nothing; at least 10 are needed.");
        if (BatchSize < 1)
            throw new ArgumentException($"The batch size must be at least 1, but is {BatchSize}.");
        if (Smoothing is not (>= 0 and < 1))
            throw new ArgumentException($"The smoothing must be at least 0 and less than 1, not {Smoothing}.");
    }

    /// <summary>Remembers what the steps will change, and restores it at the end.</summary>
    private sealed class Experiment : IDisposable
    {
        private readonly Network network;
        private readonly Optimizer optimizer;
        private readonly float[] weights, gradients, kept;
        private readonly double rate;
        private readonly SavedState? memory;            // null for an optimiser that has not made a step yet

        public Experiment(Network network, Optimizer optimizer)
        {
            (this.network, this.optimizer, rate) = (network, optimizer, optimizer.LearningRate);
            weights = network.Parameters.Values.Values.ToArray();
            gradients = network.Parameters.Gradients.Values.ToArray();
            kept = network.State.Values.ToArray();
            memory = optimizer.IsBound ? SavedState.Of(optimizer) : null;
        }

        public void Dispose()
        {
            weights.CopyTo(network.Parameters.Values.Values);
            gradients.CopyTo(network.Parameters.Gradients.Values);
            kept.CopyTo(network.State.Values);
            optimizer.LearningRate = rate;
            if (memory is null)
                optimizer.Forget();
            else
                memory.PutBack(optimizer);
        }
    }
}
