namespace Nabla.Fuzz;

/// <summary>A reader of files or texts that cannot be trusted, with what is needed to fuzz it.</summary>
internal abstract class FuzzedReader(string name)
{
    private const int Megabyte = 1 << 20;

    /// <summary>Its name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Valid inputs, to start from.</summary>
    public abstract IReadOnlyList<byte[]> Valid { get; }

    /// <summary>Changes the structure of an input: lengths, offsets, keys, dimensions.</summary>
    /// <param name="input">Any input, also a mutated one. If it has no structure, it is returned unchanged.</param>
    /// <param name="random">The source of all choices.</param>
    public abstract byte[] Mutate(byte[] input, RandomGenerator random);

    /// <summary>
    /// Reads an input. If the result breaks a promise, it throws an exception that <see cref="Refuses"/> rejects.
    /// </summary>
    public abstract void Read(byte[] input);

    /// <summary>Whether an exception is documented for invalid input.</summary>
    public abstract bool Refuses(Exception e);

    /// <summary>
    /// Whether a user types the input, so that a message may quote it as it is. Quotations from files must be short and
    /// without control characters.
    /// </summary>
    public virtual bool IsTyped => false;

    /// <summary>The number of bytes that reading may allocate.</summary>
    public virtual long MemoryFor(byte[] input) => Megabyte + 100L * input.Length;

    /// <summary>Throws if a promise is broken.</summary>
    protected static void Promise(bool kept, string what)
    {
        if (!kept)
            throw new BrokenPromiseException(what);
    }
}

/// <summary>A reader accepted an input, but the result is wrong.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
