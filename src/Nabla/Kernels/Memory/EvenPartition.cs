namespace Nabla.Kernels;

/// <summary>A length cut into as few parts as a largest length allows, all as good as equal: no short tail is left.</summary>
internal readonly struct EvenPartition(int length, int most)
{
    /// <summary>How many parts.</summary>
    public int Count { get; } = (int)(((long)length + most - 1) / most);

    /// <summary>Where part <paramref name="index"/> starts; at <see cref="Count"/>, where the last one ends.</summary>
    public int Start(int index) => (int)((long)length * index / Count);

    /// <summary>How long part <paramref name="index"/> is.</summary>
    public int Length(int index) => Start(index + 1) - Start(index);
}
