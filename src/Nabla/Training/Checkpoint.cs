namespace Nabla;

/// <summary>
/// Where a training stands, whole: weights, what the optimiser remembers, random numbers, the order of the examples, and the place in it. From it, the
/// training goes on bit for bit as if it had never been stopped (<see cref="Trainer.Resume"/>). <c>CheckpointFile</c> saves and loads it.
/// </summary>
public sealed class Checkpoint
{
    internal Checkpoint(SavedState state, IReadOnlyDictionary<string, string> settings, int epoch, int step) =>
        (State, Settings, Epoch, Step) = (state, settings, epoch, step);

    /// <summary>The epoch that is under way, or comes next, from 1.</summary>
    public int Epoch { get; }

    /// <summary>How many steps of it are done.</summary>
    public int Step { get; }

    /// <summary>What the training depends on, by name: network, data, and how it is trained. It goes on only with the same.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    internal SavedState State { get; }

    /// <summary>What it is called in messages: the file that it was read from.</summary>
    internal string Origin { get; init; } = "The checkpoint";

    /// <summary>Has something remember what is saved here of it.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message names the file.</exception>
    internal void Restore(Action<SavedState> putBack)
    {
        try
        {
            putBack(State);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"{Origin} is damaged. {e.Message} Restore the file, or begin a new run.", e);
        }
    }
}
