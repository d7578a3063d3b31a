using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Predicts with a sequence of layers: as many examples at once as fit into the caches,
/// on any number of threads, without allocating.</summary>
internal sealed class Predictor(LayerSequence sequence)
{
    private const int MostAtOnce = 256;                 // examples in one pass
    private const int MostNumbers = 1 << 20;            // in the widest activation of one pass

    private readonly int inputs = sequence.Input.Size, outputs = sequence.Output.Size;
    private readonly int atOnce =
        Math.Clamp(MostNumbers / sequence.Layers.Max(layer => layer.OutputShape.Size), 1, MostAtOnce);
    private readonly PassPool idlePasses = new();

    /// <summary>Predicts from an array, which is read in place.</summary>
    public void Predict(float[] x, Span<float> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        Predict(new Matrix(x, 0, ExamplesIn(x, y), inputs), y);
    }

    /// <summary>Predicts from a span, which is copied: it need not be a whole array,
    /// so a matrix cannot be a view of it.</summary>
    public void Predict(ReadOnlySpan<float> x, Span<float> y)
    {
        var examples = ExamplesIn(x, y);
        CheckApart(x, y);
        var pass = TakePass(examples);
        for (var first = 0; first < examples; first += atOnce)
        {
            var count = Math.Min(atOnce, examples - first);
            var input = pass.Input(count, inputs);
            x.Slice(first * inputs, count * inputs).CopyTo(input.Values);
            sequence.Forward(input, pass).Values.CopyTo(y.Slice(first * outputs, count * outputs));
        }
        idlePasses.Return(pass);
    }

    /// <summary>Predicts from a matrix with one example a row, whose shape has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]                  // saves copying a view that was just made
    public void Predict(Matrix x, Span<float> y)
    {
        CheckApart(x.ReadOnlyValues, y);
        var pass = TakePass(x.Rows);
        for (var first = 0; first < x.Rows; first += atOnce)            // examples do not depend on one another
        {
            var count = Math.Min(atOnce, x.Rows - first);
            sequence.Forward(x.RowRange(first, count), pass).Values.CopyTo(y.Slice(first * outputs, count * outputs));
        }
        idlePasses.Return(pass);
    }

    private Pass TakePass(int examples)
    {
        var capacity = Math.Min(examples, atOnce);
        return idlePasses.Take(capacity) ?? new Pass(sequence, capacity, random: null);
    }

    /// <summary>Returns B, after checking that the inputs and the outputs have B examples each.</summary>
    private int ExamplesIn(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var examples = x.Length == inputs ? 1 : x.Length / inputs;      // a division takes as long as a small layer
        if (x.Length != examples * inputs)
            throw new ArgumentException(
                $"{x.Length} inputs are not a whole number of examples of {inputs} inputs each.", nameof(x));
        if (y.Length != (long)examples * outputs)
            throw new ArgumentException(
                $"There is space for {y.Length} outputs, but {x.Length} inputs make {(long)examples * outputs}: "
                + $"{outputs} for each {inputs}.",
                nameof(y));
        return examples;
    }

    /// <summary>Throws if the outputs of some examples would overwrite inputs of others that are read later.</summary>
    private void CheckApart(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Overlaps(y, out var ahead) && (ahead > 0 || outputs > inputs))
            throw new ArgumentException(
                "The outputs would overwrite inputs that are still to be read. Write them elsewhere, "
                + "or, if they are no more than the inputs, from the start of the inputs.",
                nameof(y));
    }
}
