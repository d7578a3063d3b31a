using Nabla.Formulas;

namespace Nabla.Tests.Outside;

/// <summary>A <see cref="Swish"/> whose slope forgets the product rule.</summary>
internal sealed class WrongSwish() : Activation<WrongSwish.Formula>(default)
{
    internal readonly struct Formula : IActivationFormula
    {
        public V Value<V>(V z) where V : struct, ILanes<V> => z * Functions.Sigmoid(z);

        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => Functions.Sigmoid(z);
    }
}
