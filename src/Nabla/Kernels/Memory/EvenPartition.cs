namespace Nabla.Kernels;

/// <summary>
/// A length cut into as few parts of at most a given length as possible. Their lengths differ by 1 at most, so there is
/// no short last part.
/// </summary>
internal readonly struct EvenPartition(int length, int most)
{
    /// <summary>How many parts there are.</summary>
    public int Count { get; } = (int)(((long)length + most - 1) / most);

    /// <summary>Where part <paramref name="index"/> starts; at <see cref="Count"/>, where the last one ends.</summary>
    public int Start(int index) => (int)((long)length * index / Count);

    /// <summary>The length of part <paramref name="index"/>.</summary>
    public int Length(int index) => Start(index + 1) - Start(index);
}
