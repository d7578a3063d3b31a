using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Sets an optimiser's learning rate according to a schedule, and restores it at the end,
/// for whatever reason the training ends.</summary>
internal sealed class ScheduledRate(Optimizer optimizer, TrainingOptions options) : IDisposable, IStateful
{
    private readonly List<double> losses = [];          // after each epoch, for a schedule that uses them
    private double full = optimizer.LearningRate;       // the rate that the schedule's factor multiplies
    private double set = optimizer.LearningRate;        // the rate that was set last

    /// <summary>Sets the learning rate for an epoch (from 1) of which a share is done.</summary>
    public void Set(int epoch, double done)
    {
        FollowTheUser();
        var factor = options.Schedule.Factor(epoch - 1 + done, options.Epochs, CollectionsMarshal.AsSpan(losses));
        optimizer.LearningRate = set = full * factor;
    }

    /// <summary>The number of recorded epochs.</summary>
    public int Epochs => losses.Count;

    /// <summary>Records the loss of an epoch.</summary>
    public void Watch(Epoch epoch) => losses.Add(epoch.Validation?.Loss ?? epoch.TrainLoss);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The restored value is not a learning rate.</exception>
    public void Visit(StateVisitor state)
    {
        FollowTheUser();
        state.Visit("full-rate", ref full);
        state.Visit("rate", ref set);
        state.Visit("losses", losses);
        if (!(full * Schedule.Least > 0 && double.IsFinite(full)))
            throw new InvalidDataException($"The learning rate is damaged: {full} cannot be a full learning rate.");
        optimizer.LearningRate = set;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FollowTheUser();
        optimizer.LearningRate = full;
    }

    /// <summary>Adopts a rate that the user has set between two epochs.</summary>
    private void FollowTheUser()
    {
        if (optimizer.LearningRate != set)
            full = set = optimizer.LearningRate;
    }
}
