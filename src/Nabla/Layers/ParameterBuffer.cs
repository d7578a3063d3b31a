using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>
/// All parameters of a network in one row of numbers, and all gradients in another: what an optimiser sees. It knows
/// nothing of layers.
/// </summary>
public sealed class ParameterBuffer
{
    private readonly Parameter[] all, decaying;

    internal ParameterBuffer(IReadOnlyList<Parameter> parameters)
    {
        var size = parameters.Sum(parameter => (long)parameter.Count);
        if (size > Array.MaxLength)
            throw new ArgumentException($"The network would have {size} parameters; the most is {Array.MaxLength}. Make its layers smaller.");
        Values = new Matrix(1, (int)size);
        Gradients = new Matrix(1, (int)size);
        var start = 0;
        foreach (var parameter in parameters)
        {
            parameter.Attach(Values, Gradients, start);
            start += parameter.Count;
        }
        decaying = [.. parameters.Where(p => p.Decays)];
        all = [.. parameters];
    }

    /// <summary>How many parameters there are: 13,002 in the classic digit network.</summary>
    public int Count => Values.Columns;

    /// <summary>Every weight and bias, w. Shape (1, Count).</summary>
    public Matrix Values { get; }

    /// <summary>∇C: the derivative of the cost with respect to each of them. Shape (1, Count).</summary>
    public Matrix Gradients { get; }

    /// <summary>Every parameter, in the order of <see cref="Values"/>.</summary>
    internal ReadOnlySpan<Parameter> All => all;

    /// <summary>Those that weight decay pulls towards 0: weights, not biases.</summary>
    public ReadOnlySpan<Parameter> Decaying => decaying;
}
