using System.Globalization;
using Nabla.Formulas;
using Nabla.Kernels;

namespace Nabla;

/// <summary>The leaky rectifier: a = z where z &gt; 0, else slope·z (Maas, Hannun and Ng, 2013).</summary>
/// <remarks>A neuron below 0 still learns, so none can die as under <see cref="Relu"/>.</remarks>
/// <param name="slope">The slope below 0, at least 0 and less than 1.</param>
public sealed class LeakyRelu(float slope = 0.01f) : Activation
{
    /// <summary>The slope below 0.</summary>
    public float Slope { get; } = slope is >= 0 and < 1
        ? slope
        : throw new ArgumentOutOfRangeException(nameof(slope), slope, "The slope of a leaky ReLU must be at least 0 and less than 1.");

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"leaky-relu {Slope}");

    /// <inheritdoc/>
    public override string SlopeFormula => string.Create(CultureInfo.InvariantCulture, $"1 where z > 0, else {Slope}");

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.HashOfSigns(x.ReadOnlyValues);

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) => y.Set(x, new Value(Slope));

    /// <inheritdoc/>
    protected override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX) => dX.Set(dY, x, new Derivative(Slope));

    private readonly struct Value(float slope) : IMap
    {
        public V Of<V>(V z) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, z, slope * z);
    }

    private readonly struct Derivative(float slope) : IMap2
    {
        public V Of<V>(V dA, V z) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, dA, slope * dA);
    }
}
