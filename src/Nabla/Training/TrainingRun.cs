using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// One training under way: an enumerable of its epochs, each of which is trained when it is asked for.
/// <see cref="Trainer.Train"/> and <see cref="Trainer.Resume"/> make it.
/// </summary>
/// <remarks>
/// It is enumerated once, since it is one training; a second enumeration throws. To train on, call
/// <see cref="Trainer.Train"/> again, or <see cref="Trainer.Resume"/> with a checkpoint. However the enumeration ends,
/// the network then holds the averaged or the best weights, if that was asked for, and the optimiser its first
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

    internal TrainingRun(
        Trainer trainer, Dataset data, TrainingOptions options, Checkpoint? from, CancellationToken cancel)
    {
        TrainingChecks.Check(trainer.Network, trainer.Loss, data, options);
        (this.trainer, this.cancel, Data, Options) = (trainer, cancel, data, options);
        if (from is not null)
            Resume(from);
    }

    /// <summary>What is trained.</summary>
    public Network Network => trainer.Network;

    /// <summary>What it is measured by.</summary>
    public Loss Loss => trainer.Loss;

    /// <summary>How it moves.</summary>
    public Optimizer Optimizer => trainer.Optimizer;

    /// <summary>The examples it learns from.</summary>
    public Dataset Data { get; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The epoch that is under way, or comes next, from 1.</summary>
    public int Epoch => state?.Epoch ?? 1;

    /// <summary>How many steps of that epoch are done.</summary>
    public int Step => state?.Step ?? 0;

    /// <summary>Whether all epochs are done, or early stopping or an observer has ended the training.</summary>
    public bool IsDone => state is { IsDone: true } || End is not null;

    /// <summary>Where the training was cancelled: the epoch, from 1, and how many steps of it are done. Null if it was not.</summary>
    public (int Epoch, int Step)? CancelledAt { get; private set; }

    /// <summary>Why an observer has ended the training; null if none has.</summary>
    public TrainingEnd? End => state?.Observers.End;

    /// <summary>
    /// Where the training stands, to go on from later with <see cref="Trainer.Resume"/>. Ask between epochs, after a
    /// step (<see cref="TrainingOptions.OnStep"/>, <see cref="ITrainingObserver.AfterUpdate"/>), or after the training
    /// was cancelled or ended by an observer.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has not started, is within a step, or is over and was not cancelled.</exception>
    /// <exception cref="NotSupportedException">The optimiser is of your own making: its memory is unknown.</exception>
    public Checkpoint TakeCheckpoint() => isInStep && state is { IsOver: false }
        ? throw new InvalidOperationException(
            "A checkpoint cannot be taken within a step. Take it after the update, after an epoch, or in OnStep.")
        : (state is { IsOver: false } ? state.Save() : stopped) ?? throw new InvalidOperationException(
            "No training is under way, and none was cancelled: take the checkpoint while the epochs are enumerated, " +
            "or after the training was cancelled.");

    /// <summary>Trains, epoch by epoch.</summary>
    /// <exception cref="InvalidOperationException">It has been enumerated before.</exception>
    /// <exception cref="DivergedException">The cost or its gradient is no longer a finite number.</exception>
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
            yield return epoch;
        }
        if (End is not null)
            stopped = training.SaveIfPossible();
    }

    private void MakeStep(TrainingState training)
    {
        isInStep = true;
        var (x, target) = training.NextBatch();
        var cost = trainer.Step(x, target, training.Backpropagation, training.Clipping, training.Observers);
        training.Count(cost, Loss.WeightOf(target));
        isInStep = false;
        training.Observers.AfterUpdate();
        Options.OnStep?.Invoke(training.Progress);
    }

    private TrainingState Start()
    {
        state = new TrainingState(trainer, Data, Options);
        state.Observers.Start(this, saved: null);
        return state;
    }

    private void Resume(Checkpoint from)
    {
        state = new TrainingState(trainer, Data, Options);
        state.CheckSettings(from);
        from.Restore(saved =>
        {
            state.Restore(saved);
            state.Observers.Start(this, saved);
        });
    }
}
