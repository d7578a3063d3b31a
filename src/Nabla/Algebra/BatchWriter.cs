using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// The view through which a batch is prepared: each row's values, and beside them its <see cref="ZeroMap"/>.
/// Code that writes a row's values must also write its map, if there is one.
/// </summary>
internal readonly ref struct BatchWriter(Span<float> values, int columns, Span<ulong> zeros)
{
    private readonly Span<float> values = values;
    private readonly Span<ulong> zeros = zeros;
    private readonly int words = zeros.IsEmpty ? 0 : ZeroMap.Words(columns);

    /// <summary>The values of one row.</summary>
    public Span<float> Row(int row) => values.Slice(row * columns, columns);

    /// <summary>The map of one row; empty if the batch has none.</summary>
    public Span<ulong> Zeros(int row) => zeros.Slice(row * words, words);
}
