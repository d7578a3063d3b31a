namespace Nabla;

/// <summary>
/// The cost C of a batch: how far the network's outputs are from the targets, as the mean over the examples. The
/// division by B, the number of examples, is the loss's and nobody else's.
/// </summary>
/// <remarks>
/// <para>Where classes have weights, it is the weighted mean: C = Σ weight·cost / Σ weight over the examples, with
/// <see cref="WeightOf"/> instead of B.</para>
/// <para>To write your own, derive from this class; or, if the cost is a sum over outputs, from
/// <see cref="ElementwiseLoss{TFormula}"/>.</para>
/// </remarks>
public abstract class Loss
{
    /// <summary>The name by which the command and the model files know it.</summary>
    public abstract string Name { get; }

    /// <summary>The name with its settings, as <see cref="Parse.Loss"/> reads them: “huber 0.5”.</summary>
    public virtual string Description => Name;

    /// <summary>The number of outputs that a network must have, or null for any number.</summary>
    public virtual int? Outputs => null;

    /// <summary>
    /// ∂C/∂output of a single example as a formula in the target y and in a, the network's output, or p, the result of
    /// <see cref="Interpret"/>: “2·(a − y)”. For people; the code is in <see cref="ComputeBackward"/>.
    /// </summary>
    public virtual string DerivativeFormula => TakesLogits ? "f(p, y)" : "f(a, y)";

    /// <summary>C, the mean over the batch.</summary>
    /// <param name="output">(B, O): what the network gave.</param>
    /// <param name="target">(B, O): what it should have given.</param>
    public double Forward(Matrix output, Matrix target)
    {
        CheckShapes(output, target);
        return Mean(CostOfBatch(output, target), WeightOf(target));
    }

    /// <summary>∂C/∂output, which is where backpropagation starts.</summary>
    /// <param name="output">(B, O): what the network gave.</param>
    /// <param name="target">(B, O): what it should have given.</param>
    /// <param name="dOutput">(B, O): to be overwritten with ∂C/∂output.</param>
    public void Backward(Matrix output, Matrix target, Matrix dOutput)
    {
        CheckShapes(output, target);
        dOutput.CheckShape(output.Rows, output.Columns, "The matrix for ∂C/∂output");
        ComputeBackward(output, target, dOutput);
    }

    /// <summary>
    /// The total weight of the examples of a batch, by which the sum of their costs is divided: B, unless classes have
    /// weights. The mean over several batches weights each batch by it.
    /// </summary>
    /// <param name="target">(B, O): what the network should give.</param>
    public virtual double WeightOf(Matrix target) => target.Rows;

    /// <summary>
    /// What the outputs of a network trained with this loss mean: probabilities where the network gives logits, else
    /// the outputs themselves.
    /// </summary>
    /// <param name="output">One example's outputs.</param>
    /// <param name="meaning">To be overwritten; of the same length. It may be the output itself.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Interpret(ReadOnlySpan<float> output, Span<float> meaning)
    {
        if (output.Length != meaning.Length)
            throw new ArgumentException($"There are {output.Length} outputs, but space for {meaning.Length} values.");
        ComputeMeaning(output, meaning);
    }

    /// <summary>Whether the loss turns logits into probabilities itself, so that the network must not.</summary>
    public virtual bool TakesLogits => false;

    /// <summary>
    /// A number that identifies the smooth piece of the cost on which the outputs lie. It changes when an output
    /// crosses a kink, so that a gradient check can stay on one side. Always 0 for a loss without kinks.
    /// </summary>
    public virtual int KinkSignature(Matrix output, Matrix target) => 0;

    /// <summary>The cost of one example, times its weight, before the division.</summary>
    internal double CostOf(ReadOnlySpan<float> output, ReadOnlySpan<float> target) => CostOfExample(output, target);

    /// <summary>The mean of costs whose sum is <paramref name="sum"/>; 0 if their total weight is 0.</summary>
    internal static double Mean(double sum, double weight) => weight == 0 ? 0 : sum / weight;

    /// <summary>
    /// What the outputs mean: they themselves, unless the network gives logits. Both spans may be the same memory.
    /// </summary>
    protected virtual void ComputeMeaning(ReadOnlySpan<float> output, Span<float> meaning) => output.CopyTo(meaning);

    /// <summary>The cost of one example, times its weight if it has one.</summary>
    protected abstract double CostOfExample(ReadOnlySpan<float> output, ReadOnlySpan<float> target);

    /// <summary>The sum of the costs of all examples.</summary>
    private protected virtual double CostOfBatch(Matrix output, Matrix target)
    {
        var sum = 0.0;
        for (var example = 0; example < output.Rows; example++)
            sum += CostOfExample(output.ReadOnlyRow(example), target.ReadOnlyRow(example));
        return sum;
    }

    /// <summary>∂C/∂output, with the division by B, or by <see cref="WeightOf"/> if examples have weights.</summary>
    protected abstract void ComputeBackward(Matrix output, Matrix target, Matrix dOutput);

    private void CheckShapes(Matrix output, Matrix target)
    {
        if (Outputs is { } outputs && output.Columns != outputs)
            throw new ArgumentException(
                $"There are {output.Columns} outputs, but the loss '{Description}' is for {outputs}.");
        target.CheckShape(output.Rows, output.Columns, "The target");
        if (output.IsEmpty)
            throw new ArgumentException("A batch needs at least one example: the cost is the mean over them.");
    }
}
