using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Predictions by a chain of layers: as many examples at once as fit the caches, from any number of threads, without allocating.</summary>
internal sealed class Predictor(LayerSequence sequence)
{
    private const int MostAtOnce = 256;                 // examples in one pass
    private const int MostNumbers = 1 << 20;            // in the widest activation of one pass

    private readonly int inputs = sequence.Input.Size, outputs = sequence.Output.Size;
    private readonly int atOnce = Math.Clamp(MostNumbers / sequence.Layers.Max(layer => layer.OutputShape.Size), 1, MostAtOnce);
    private readonly PassPool idlePasses = new();

    /// <summary>Reads the examples of an array where they are.</summary>
    public void Predict(float[] x, Span<float> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        Predict(new Matrix(x, 0, ExamplesIn(x, y), inputs), y);
    }

    /// <summary>Copies examples that are no whole array, for a matrix cannot view them.</summary>
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

    /// <summary>Predicts for one example a row; shapes have been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]                  // an array's view is made just before: it need not be copied
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

    /// <summary>B, for which there must be as many inputs and room for as many outputs.</summary>
    private int ExamplesIn(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var examples = x.Length == inputs ? 1 : x.Length / inputs;      // a division takes as long as a small layer
        if (x.Length != examples * inputs)
            throw new ArgumentException($"{x.Length} inputs are not a whole number of examples of {inputs} inputs each.", nameof(x));
        if (y.Length != (long)examples * outputs)
            throw new ArgumentException(
                $"There is room for {y.Length} outputs, but {x.Length} inputs make {(long)examples * outputs}: {outputs} for each {inputs}.", nameof(y));
        return examples;
    }

    /// <summary>The outputs of some examples are written before the inputs of others are read: they must not lie over those.</summary>
    private void CheckApart(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Overlaps(y, out var ahead) && (ahead > 0 || outputs > inputs))
            throw new ArgumentException("The outputs would overwrite inputs that are still to be read. Write them elsewhere, or, if they are no more than the inputs, from where these begin.", nameof(y));
    }
}
