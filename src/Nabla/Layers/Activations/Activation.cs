namespace Nabla;

/// <summary>A layer that applies one function to every number: y = f(x).</summary>
/// <remarks>
/// Going back, it multiplies what comes in by the slope of f: ∂C/∂x = ∂C/∂y · f′(x). This is a vector-Jacobian product whose
/// Jacobian happens to be diagonal; where it is not (<see cref="Softmax"/>), the layer says so itself.
/// </remarks>
public abstract class Activation : Layer
{
    /// <summary>f′ as a formula in z, which enters, and a, which leaves: “a·(1 − a)”. For people; the code is in <see cref="Backward(Matrix, Matrix, Matrix, Matrix)"/>.</summary>
    public virtual string SlopeFormula => "f′(z)";

    /// <inheritdoc/>
    public sealed override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            Backward(x, y, dY, dX);
    }

    /// <summary>∂C/∂x = ∂C/∂y · f′(x).</summary>
    protected abstract void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX);
}
