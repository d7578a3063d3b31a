using Nabla.Algebra;

namespace Nabla.Layers;

/// <summary>
/// One step of a network: y = f(x) for a batch of examples, one a row, and the way back: given ∂C/∂y, it finds
/// ∂C/∂x and the derivatives with respect to its own parameters.
/// </summary>
/// <remarks>
/// To write a layer of your own, derive from this class, then hold it against
/// <c>GradientCheck</c>, which computes the same derivatives by trying.
/// </remarks>
public abstract class Layer
{
    /// <summary>The layer's name in messages and tables, “Dense”.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>How the layer is written in a list of layers, “dense 16”.</summary>
    public virtual string Description => Name.ToLowerInvariant();

    /// <summary>How many inputs it takes, or null if any number will do.</summary>
    public virtual int? Inputs => null;

    /// <summary>What it learns; nothing, for most.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>The initial weights that suit a layer whose outputs enter this one; null if it does not matter here.</summary>
    public virtual Initializer? InitializerBefore => null;

    /// <summary>Between which numbers its outputs lie, whatever enters: 0 and 1 for a sigmoid; infinite where nothing bounds them.</summary>
    public virtual (float Least, float Most) Range => (float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>How many outputs it gives for <paramref name="inputs"/> inputs.</summary>
    public virtual int Outputs(int inputs) => inputs;

    /// <summary>Draws the initial values of its parameters.</summary>
    /// <param name="suggested">What suits the activation that follows; a layer may have been told otherwise.</param>
    /// <param name="random">Where to draw from.</param>
    public virtual void Initialize(Initializer suggested, RandomGenerator random)
    {
    }

    /// <summary>
    /// A number that tells on which smooth piece of f the batch lies: it changes where x crosses a kink, such as the 0 of a ReLU,
    /// so that a gradient check can stay on one side. Always 0 for a layer without kinks.
    /// </summary>
    public virtual int SmoothPiece(Matrix x) => 0;

    /// <summary>y = f(x).</summary>
    /// <param name="x">(B, inputs): what enters, one example a row.</param>
    /// <param name="y">(B, outputs): to be overwritten with what leaves.</param>
    /// <param name="pass">Whether this is training, and the random numbers for it.</param>
    public abstract void Forward(Matrix x, Matrix y, Pass pass);

    /// <summary>
    /// The chain rule, one link: from ∂C/∂y to ∂C/∂x, and to the gradient of each parameter. All are overwritten, not added to.
    /// </summary>
    /// <param name="x">(B, inputs): what entered.</param>
    /// <param name="y">(B, outputs): what left.</param>
    /// <param name="dY">(B, outputs): ∂C/∂y.</param>
    /// <param name="dX">(B, inputs): to be overwritten with ∂C/∂x; empty for the first layer, where nobody asks.</param>
    /// <param name="pass">The pass that <see cref="Forward"/> was given.</param>
    public abstract void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass);
}
