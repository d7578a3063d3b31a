using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// One training in progress: an enumerable of its epochs. Each epoch is trained when it is enumerated.
/// <see cref="Trainer.Train"/> and <see cref="Trainer.Resume"/> create it.
/// </summary>
/// <remarks>
/// A training can be enumerated only once; a second enumeration throws. To train further, call
/// <see cref="Trainer.Train"/> again, or <see cref="Trainer.Resume"/> with a checkpoint. However the enumeration ends,
/// the network then holds the averaged or the best weights, if the options ask for them, and the optimiser its first
/// learning rate.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The enumeration disposes of the state, however it ends.")]
public sealed class TrainingRun : IEnumerable<Epoch>
{
    private readonly Trainer trainer;
    private readonly CancellationToken cancel;
    private TrainingState? state;                       // null until it starts
    private Checkpoint? stopped;                        // where it was cancelled, or ended by an observer
    private bool isEnumerated, isInStep;
    private int? thread;                                // the one that trains; null between epochs

    internal TrainingRun(
        Trainer trainer, Dataset data, TrainingOptions options, Checkpoint? from, CancellationToken cancel)
    {
        TrainingChecks.Check(trainer.Network, trainer.Loss, data, options);
        (this.trainer, this.cancel, Data, Options) = (trainer, cancel, data, options);
        if (from is not null)
            Resume(from);
    }

    /// <summary>The network that is trained.</summary>
    public Network Network => trainer.Network;

    /// <summary>The loss that is minimised.</summary>
    public Loss Loss => trainer.Loss;

    /// <summary>The optimiser that moves the weights.</summary>
    public Optimizer Optimizer => trainer.Optimizer;

    /// <summary>The examples it learns from.</summary>
    public Dataset Data { get; }

    /// <summary>The options of the training.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The current epoch, or the next, from 1.</summary>
    public int Epoch => state?.Epoch ?? 1;

    /// <summary>The number of steps of that epoch that are done.</summary>
    public int Step => state?.Step ?? 0;

    /// <summary>How many steps an epoch has; 0 before the training starts.</summary>
    public int StepsPerEpoch => state?.StepsPerEpoch ?? 0;

    /// <summary>The mean cost over that epoch so far; NaN before its first step.</summary>
    public double MeanCost => state?.MeanCost ?? double.NaN;

    /// <summary>Whether all epochs are done, or early stopping or an observer has ended the training.</summary>
    public bool IsDone => state is { IsDone: true } || End is not null;

    /// <summary>
    /// Where the training was cancelled: the epoch, from 1, and the number of its steps that are done. Null if it was
    /// not.
    /// </summary>
    public (int Epoch, int Step)? CancelledAt { get; private set; }

    /// <summary>Why an observer has ended the training; null if none has.</summary>
    public TrainingEnd? End => state?.Observers.End;

    /// <summary>
    /// Takes a checkpoint, from which <see cref="Trainer.Resume"/> can continue later. Call it between epochs, after a
    /// step (<see cref="TrainingOptions.OnStep"/>, <see cref="ITrainingObserver.AfterUpdate"/>), or after the training
    /// was cancelled or ended by an observer.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The training has not started, is within a step, or is over and was not cancelled.
    /// </exception>
    /// <exception cref="NotSupportedException">The optimiser is your own, and its state is unknown.</exception>
    public Checkpoint TakeCheckpoint()
    {
        if (state is { IsOver: false })
        {
            CheckItIsTime(state);
            return state.Save();
        }
        if (stopped is not null)
            return stopped;
        if (state is not null && (CancelledAt is not null || End is not null))
            throw state.CannotBeSaved();
        throw new InvalidOperationException(
            "No training is under way, and none was cancelled: take the checkpoint while the epochs are enumerated, " +
            "or after the training was cancelled.");
    }

    /// <summary>Trains, epoch by epoch.</summary>
    /// <exception cref="InvalidOperationException">The training has been enumerated before.</exception>
    /// <exception cref="DivergedException">The cost or its gradient is no longer finite.</exception>
    public IEnumerator<Epoch> GetEnumerator()
    {
        if (isEnumerated)
            throw new InvalidOperationException(
                "This training has been enumerated before. A training is enumerated once: keep its epochs in a list, " +
                "or call Train again to train on.");
        isEnumerated = true;
        return Epochs();
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<Epoch> Epochs()
    {
        thread = Environment.CurrentManagedThreadId;
        using var training = state ?? Start();
        while (!IsDone)
        {
            for (training.BeginEpoch(); !training.IsEpochDone; MakeStep(training))
            {
                if (cancel.IsCancellationRequested)
                    CancelledAt = (training.Epoch, training.Step);
                if (CancelledAt is not null || IsDone)
                {
                    stopped = training.SaveIfPossible();
                    yield break;
                }
            }
            var epoch = training.EndEpoch();
            training.Observers.AfterEpoch(epoch);
            thread = null;
            yield return epoch;
            thread = Environment.CurrentManagedThreadId;
        }
        if (End is not null)
            stopped = training.SaveIfPossible();
    }

    /// <summary>Throws where a checkpoint would hold half a step, or what some observers have not seen yet.</summary>
    private void CheckItIsTime(TrainingState training)
    {
        if (thread is { } busy && busy != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException(
                "A checkpoint cannot be taken from another thread while an epoch is trained. Take it in OnStep, in " +
                "an observer, or between epochs.");
        if (isInStep)
            throw new InvalidOperationException(
                "A checkpoint cannot be taken within a step. Take it after the update, after an epoch, or in OnStep.");
        if (training.Observers.AreWaiting)
            throw new InvalidOperationException(
                "An observer that takes checkpoints must be the last in the list: those after it have not seen this " +
                "step or epoch yet, and would miss it when the training is resumed.");
    }

    private void MakeStep(TrainingState training)
    {
        isInStep = true;
        var (x, target) = training.NextBatch();
        var cost = trainer.Step(x, target, training.Backpropagation, training.Clipping, training.Observers);
        training.Count(cost, Loss.WeightOf(target));
        isInStep = false;
        training.Observers.AfterUpdate();
        Options.OnStep?.Invoke(this);
    }

    private TrainingState Start()
    {
        state = new TrainingState(trainer, Data, Options);
        state.Observers.Start(this, from: null);
        return state;
    }

    private void Resume(Checkpoint from)
    {
        state = new TrainingState(trainer, Data, Options);
        state.CheckSettings(from);
        from.Restore(state.Restore);
        state.Observers.Start(this, from);
    }
}
