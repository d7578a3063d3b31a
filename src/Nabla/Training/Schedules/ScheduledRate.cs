using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Moves an optimiser's learning rate as a schedule says, and puts it back at the end, however the training ends.</summary>
internal sealed class ScheduledRate(Optimizer optimizer, TrainingOptions options) : IDisposable, IStateful
{
    private readonly List<double> losses = [];          // after each epoch, for a schedule that looks at them
    private double full = optimizer.LearningRate;       // what the schedule's factor is taken of
    private double set = optimizer.LearningRate;        // what was set last

    /// <summary>Sets the learning rate for an epoch (from 1) of which a share is done.</summary>
    public void Set(int epoch, double done)
    {
        FollowTheUser();
        optimizer.LearningRate = set = full * options.Schedule.Factor(epoch - 1 + done, options.Epochs, CollectionsMarshal.AsSpan(losses));
    }

    /// <summary>How many epochs it has taken note of.</summary>
    public int Epochs => losses.Count;

    /// <summary>Takes note of what an epoch has come to.</summary>
    public void Watch(Epoch epoch) => losses.Add(epoch.Validation?.Loss ?? epoch.TrainLoss);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">What is put back is no learning rate.</exception>
    public void Visit(StateVisitor state)
    {
        FollowTheUser();
        state.Visit("full-rate", ref full);
        state.Visit("rate", ref set);
        state.Visit("losses", losses);
        if (!(full * Schedule.Least > 0 && double.IsFinite(full)))
            throw new InvalidDataException($"The learning rate is damaged: {full} is none to begin with.");
        optimizer.LearningRate = set;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FollowTheUser();
        optimizer.LearningRate = full;
    }

    /// <summary>Whoever changed the rate between two epochs meant it.</summary>
    private void FollowTheUser()
    {
        if (optimizer.LearningRate != set)
            full = set = optimizer.LearningRate;
    }
}
