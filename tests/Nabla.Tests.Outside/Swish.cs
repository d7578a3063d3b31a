using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>
/// An activation of your own: a = z·σ(z). (The library has it too, under the name of <see cref="Silu"/>, so that the
/// two can be compared.)
/// </summary>
/// <remarks>
/// An activation is a value and a slope. Write both as formulas over V, and read V as “a number”: the library runs them
/// on sixteen numbers at once, on all threads, on every processor. Put the class into a network like any other layer:
/// <c>new Network(new Dense(784, 128), new Swish(), new Dense(128, 10))</c>.
/// </remarks>
public sealed class Swish() : Activation<Swish.Formula>(default)
{
    /// <summary>Optional: the weights of the layer before start with the variance that suits a ReLU.</summary>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <summary>a = z·σ(z).</summary>
    public readonly struct Formula : IActivationFormula
    {
        public V Value<V>(V z) where V : struct, ILanes<V> => z * Functions.Sigmoid(z);

        public V Slope<V>(V z, V a) where V : struct, ILanes<V>
        {
            var s = Functions.Sigmoid(z);
            return s * V.MultiplyAdd(z, 1f - s, V.Of(1));           // (z·σ)′ = σ + z·σ′ = σ·(1 + z·(1 − σ))
        }
    }
}
