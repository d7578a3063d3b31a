namespace Nabla;

/// <summary>
/// All parameters of a network in one row of numbers, and all gradients in another: what an optimiser sees. It knows
/// nothing of layers.
/// </summary>
public sealed class ParameterBuffer
{
    private readonly Parameter[] all, decaying;

    internal ParameterBuffer(IReadOnlyList<Parameter> parameters)
    {
        all = [.. parameters];
        Values = Allocate(parameters);
        Gradients = Allocate(parameters);
        Attach(parameters, Values, Gradients);
        decaying = [.. parameters.Where(p => p.Decays)];
    }

    /// <summary>How many parameters there are: 13,002 in the classic digit network.</summary>
    public int Count => Values.Columns;

    /// <summary>Every weight and bias, w. Shape (1, Count).</summary>
    public Matrix Values { get; }

    /// <summary>∇C: the derivative of the cost with respect to each of them. Shape (1, Count).</summary>
    public Matrix Gradients { get; }

    /// <summary>All parameters, in the order of the layers.</summary>
    public ReadOnlySpan<Parameter> All => all;

    /// <summary>Those that weight decay pulls towards 0: weights, not biases.</summary>
    public ReadOnlySpan<Parameter> Decaying => decaying;

    /// <summary>What layers keep but do not learn, one after the other, in a row of numbers of its own.</summary>
    internal static Matrix AttachState(IReadOnlyList<Parameter> state)
    {
        var values = Allocate(state);
        Attach(state, values, gradients: default);
        return values;
    }

    private static Matrix Allocate(IReadOnlyList<Parameter> parameters)
    {
        var size = parameters.Sum(parameter => (long)parameter.Count);
        return size <= Array.MaxLength
            ? new Matrix(1, (int)size)
            : throw new ArgumentException($"The network would have {size} parameters; the most is {Array.MaxLength}. Make its layers smaller.");
    }

    private static void Attach(IReadOnlyList<Parameter> parameters, Matrix values, Matrix gradients)
    {
        var start = 0;
        foreach (var parameter in parameters)
        {
            parameter.Attach(values, gradients, start);
            start += parameter.Count;
        }
    }
}
