namespace Nabla.Fuzz;

/// <summary>A reader of files or texts that nobody vouches for, with what is needed to fuzz it.</summary>
internal abstract class FuzzedReader(string name)
{
    private const int Megabyte = 1 << 20;

    /// <summary>How it is called on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Right inputs, to begin with.</summary>
    public abstract IReadOnlyList<byte[]> Valid { get; }

    /// <summary>Changes an input where its structure is: lengths, offsets, keys, dimensions.</summary>
    /// <param name="input">Any input; mutated ones come again. What has no structure is to come back as it is.</param>
    /// <param name="random">Where every choice comes from.</param>
    public abstract byte[] Mutate(byte[] input, RandomGenerator random);

    /// <summary>Reads an input. What was read has to hold what is promised of it, else this throws an exception of another type than <see cref="Refuses"/> knows.</summary>
    public abstract void Read(byte[] input);

    /// <summary>Whether an exception is the documented one for an input that is wrong.</summary>
    public abstract bool Refuses(Exception e);

    /// <summary>Whether the input is what a user types, and a message may quote as it is. What comes from a file is shown without control characters, and not at length.</summary>
    public virtual bool IsTyped => false;

    /// <summary>How many bytes reading may allocate.</summary>
    public virtual long MemoryFor(byte[] input) => Megabyte + 100L * input.Length;

    /// <summary>Throws if a promise is broken.</summary>
    protected static void Promise(bool kept, string what)
    {
        if (!kept)
            throw new BrokenPromiseException(what);
    }
}

/// <summary>A reader took an input, but what came of it is wrong.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
