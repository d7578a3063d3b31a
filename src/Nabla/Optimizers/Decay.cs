using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The two ways to pull weights towards 0. Neither touches biases, nor other parameters that do not decay.
/// </summary>
internal static class Decay
{
    /// <summary>Throws unless λ is finite and not negative.</summary>
    public static double Checked(double value) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            nameof(value), value, $"The weight decay must not be negative, nor infinite; it is {value}.");

    /// <summary>In the gradient: g ← g + λ·w, the derivative of λ/2·‖w‖² (L2 regularisation).</summary>
    public static void AddToGradients(ParameterBuffer parameters, double lambda)
    {
        if (lambda == 0)
            return;
        foreach (var p in parameters.Decaying)
            p.Gradient.Set(p.Gradient, p.Value, new PlusDecay((float)lambda));
    }

    /// <summary>Whether w ← w − η·λ·w would shrink the weights to 0 or change their sign.</summary>
    public static bool IsTooFast(double eta, double lambda) => eta * lambda >= 1;

    /// <summary>Outside the gradient: w ← w − η·λ·w (decoupled; Loshchilov and Hutter, 2019).</summary>
    /// <exception cref="InvalidOperationException">η·λ is 1 or more.</exception>
    public static void Shrink(ParameterBuffer parameters, double eta, double lambda)
    {
        if (IsTooFast(eta, lambda))
            throw new InvalidOperationException(
                $"η·λ is {eta * lambda}: a step would shrink the weights to nothing, or past it. " +
                "The product of learning rate and weight decay must be below 1.");
        foreach (var p in parameters.Decaying)
            p.Value.Set(p.Value, new Multiple((float)(1 - eta * lambda)));
    }

    private readonly struct PlusDecay(float lambda) : IBinaryFormula
    {
        public V Of<V>(V g, V w) where V : struct, ILanes<V> => g + lambda * w;
    }
}
