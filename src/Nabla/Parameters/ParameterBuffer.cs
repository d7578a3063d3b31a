namespace Nabla;

/// <summary>
/// All parameters of a network in one row of numbers, and all gradients in another. This is what an optimiser sees;
/// it does not depend on layers.
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

    /// <summary>The number of learned values: 13,002 in the classic digit network.</summary>
    public int Count => Values.Columns;

    /// <summary>Every weight and bias, w. Shape (1, Count).</summary>
    public Matrix Values { get; }

    /// <summary>∇C: the derivative of the cost with respect to each weight and bias. Shape (1, Count).</summary>
    public Matrix Gradients { get; }

    /// <summary>All parameters, in the order of the layers.</summary>
    public ReadOnlySpan<Parameter> All => all;

    /// <summary>The parameters that weight decay pulls towards 0: weights, not biases.</summary>
    public ReadOnlySpan<Parameter> Decaying => decaying;

    /// <summary>Puts the values that layers keep but do not learn into one row of their own,
    /// one after the other.</summary>
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
            : throw new ArgumentException(
                $"The network would have {size} parameters; the most is {Array.MaxLength}. Make its layers smaller.");
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
