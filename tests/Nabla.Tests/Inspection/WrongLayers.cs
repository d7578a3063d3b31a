namespace Nabla.Tests.Inspections;

/// <summary>A dense layer whose backward pass is then spoiled.</summary>
internal sealed class SpoiledDense(
    int inputs,
    int outputs,
    Action<SpoiledDense, Matrix, bool> spoil,
    bool leaveOutBias = false,
    bool accumulate = false) : Layer
{
    public Parameter Weights { get; } = Parameter.Matrix("weight", outputs, inputs);
    public Parameter Bias { get; } = Parameter.Vector("bias", outputs);

    public override int? Inputs => inputs;
    public override IReadOnlyList<Parameter> Parameters => [Weights, Bias];
    protected override Shape Build(Shape input) => outputs;
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x * Weights.Value.T + Bias.Value);

    public override void Initialize(Initializer suggested, RandomGenerator random) =>
        suggested.Fill(Weights.Value, inputs, outputs, random);

    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var before = Weights.Gradient.Values.ToArray();
        Weights.Gradient.Set(dY.T * x);
        if (accumulate)
            for (var i = 0; i < before.Length; i++)
                Weights.Gradient.Values[i] += before[i];
        if (!leaveOutBias)
            Bias.Gradient.Set(dY.ColumnSums());
        if (!dX.IsEmpty)
            dX.Set(dY * Weights.Value);
        spoil(this, dX, dX.IsEmpty);
    }
}

/// <summary>A layer with the forward pass of another and a backward pass of its own.</summary>
internal sealed class Wrong(Layer right, Action<Matrix, Matrix, Matrix, Matrix> backward) : Layer
{
    public override string Name => "Wrong" + right.Name;
    public override int KinkSignature(Matrix x, Pass pass) => right.KinkSignature(x, pass);
    public override void Forward(Matrix x, Matrix y, Pass pass) => right.Forward(x, y, pass);
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) => backward(x, y, dY, dX);
}

/// <summary>
/// A normalisation of flat examples, over the batch or over each example. Its backward pass may forget that the mean or
/// the variance depends on x.
/// </summary>
internal sealed class SpoiledNorm(bool overBatch, bool forgetMean, bool forgetVariance) : Layer
{
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        ForEachGroup(x, (indices, deviation, normalised) =>
        {
            for (var k = 0; k < indices.Length; k++)
                y.Values[indices[k]] = (float)normalised[k];
        });

    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) =>
        ForEachGroup(x, (indices, deviation, normalised) =>
        {
            var mean = forgetMean ? 0 : indices.Average(i => (double)dY.Values[i]);
            var product = forgetVariance ? 0 : indices.Select((i, k) => dY.Values[i] * normalised[k]).Average();
            for (var k = 0; k < indices.Length; k++)
                dX.Values[indices[k]] = (float)((dY.Values[indices[k]] - mean - normalised[k] * product) / deviation);
        });

    private void ForEachGroup(Matrix x, Action<int[], double, double[]> action)
    {
        for (var group = 0; group < (overBatch ? x.Columns : x.Rows); group++)
        {
            int[] indices = overBatch
                ? [.. Enumerable.Range(0, x.Rows).Select(row => row * x.Columns + group)]
                : [.. Enumerable.Range(group * x.Columns, x.Columns)];
            var values = x.Values.ToArray();
            var mean = indices.Average(i => (double)values[i]);
            var deviation = Math.Sqrt(indices.Average(i => (values[i] - mean) * (values[i] - mean)) + 1e-5);
            action(indices, deviation, [.. indices.Select(i => (values[i] - mean) / deviation)]);
        }
    }
}

/// <summary>The squared error with a spurious factor in its derivative.</summary>
internal sealed class ScaledSquaredError(Func<int, float> factor) : Loss
{
    public override string Name => "wrong-squared-error";

    protected override double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target)
    {
        var cost = 0.0;
        for (var i = 0; i < output.Length; i++)
            cost += Math.Pow((double)output[i] - target[i], 2);
        return cost;
    }

    protected override void ComputeBackward(Matrix output, Matrix target, Matrix dOutput)
    {
        for (var i = 0; i < output.Values.Length; i++)
            dOutput.Values[i] = factor(output.Rows) * 2 * (output.Values[i] - target.Values[i]) / output.Rows;
    }
}
