namespace Nabla;

/// <summary>
/// The complete state of a training: the weights, the state of the optimiser, the random numbers, the order of the
/// examples, and the position in it. From it, the training continues bit for bit as if it had never been stopped
/// (<see cref="Trainer.Resume"/>). <c>CheckpointFile</c> saves and loads it.
/// </summary>
public sealed class Checkpoint
{
    internal Checkpoint(SavedState state, IReadOnlyDictionary<string, string> settings, int epoch, int step) =>
        (State, Settings, Epoch, Step) = (state, settings, epoch, step);

    /// <summary>The current or next epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The number of finished steps of that epoch.</summary>
    public int Step { get; }

    /// <summary>What the training depends on, by name: network, data, and how it is trained.
    /// It can only continue with the same settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    internal SavedState State { get; }

    /// <summary>The checkpoint's name in messages: the file that it was read from.</summary>
    internal string Origin { get; init; } = "The checkpoint";

    /// <summary>Restores an object from the saved state.</summary>
    /// <exception cref="InvalidDataException">The state is damaged; the message names the file.</exception>
    internal void Restore(Action<SavedState> putBack)
    {
        try
        {
            putBack(State);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{Origin} is damaged. {e.Message} Restore the file, or begin a new run.", e);
        }
    }

    /// <summary>Restores an observer from the state that was saved under its name.</summary>
    /// <exception cref="InvalidDataException">
    /// The state is damaged; the message names the file and the observer.
    /// </exception>
    internal void Restore(string observer, IStateful state)
    {
        try
        {
            State.PutBack(observer, state);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{Origin} is damaged. {e.Message} That is in the state of the observer '{observer}'. Restore the " +
                "file, or begin a new run.", e);
        }
    }
}
