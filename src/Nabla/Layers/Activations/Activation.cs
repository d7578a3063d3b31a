using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla;

/// <summary>A layer that applies one function to every value: a = f(z), with the function's value and slope.</summary>
/// <remarks>
/// The backward pass multiplies by the slope: ∂C/∂z = ∂C/∂a · f′(z). This is a vector-Jacobian product whose Jacobian
/// happens to be diagonal. A function whose Jacobian is not, such as <see cref="Softmax"/>, is a layer of its own.
/// </remarks>
/// <typeparam name="TFormula">
/// The value and the slope. It is a struct, so that the compiler builds the loop around it.
/// </typeparam>
/// <param name="formula">The formula with its settings; <c>default</c> if it has none.</param>
public abstract class Activation<TFormula>(TFormula formula) : Layer
    where TFormula : struct, IActivationFormula
{
    /// <inheritdoc/>
    public override string SlopeFormula => "f′(z)";

    /// <inheritdoc/>
    public sealed override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, new ForwardFormula(formula));

    /// <inheritdoc/>
    public sealed override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            dX.Set(dY, x, y, new BackwardFormula(formula));
    }

    private readonly struct ForwardFormula(TFormula f) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V z) where V : struct, ILanes<V> => f.Value(z);                      // a = f(z)
    }

    private readonly struct BackwardFormula(TFormula f) : ITernaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V dA, V z, V a) where V : struct, ILanes<V>
        {
            var slope = f.Slope(z, a);
            var dZ = dA * slope;                                                            // ∂C/∂z = ∂C/∂a · f′(z)
            return TFormula.ZeroSlopeBlocks
                ? V.WhereLess(V.Abs(slope), float.Epsilon, V.Of(0), dZ)                     // 0 where the slope is 0
                : dZ;
        }
    }
}
