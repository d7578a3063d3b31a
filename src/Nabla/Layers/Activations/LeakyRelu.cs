using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>The leaky rectifier: a = z where z &gt; 0, else slope·z (Maas, Hannun and Ng, 2013).</summary>
/// <remarks>A neuron below 0 still learns, so none can die as under <see cref="Relu"/>.</remarks>
/// <param name="slope">The slope below 0, at least 0 and less than 1.</param>
public sealed class LeakyRelu(float slope = 0.01f) : Activation<LeakyRelu.Formula>(new(slope))
{
    /// <summary>The slope below 0.</summary>
    public float Slope { get; } = slope is >= 0 and < 1
        ? slope
        : throw new ArgumentOutOfRangeException(
            nameof(slope), slope, "The slope of a leaky ReLU must be at least 0 and less than 1.");

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"leaky-relu {Slope}");

    /// <inheritdoc/>
    public override string SlopeFormula => string.Create(CultureInfo.InvariantCulture, $"1 where z > 0, else {Slope}");

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.HashOfSigns(x.ReadOnlyValues);

    /// <summary>a = z where z &gt; 0, else slope·z.</summary>
    public readonly struct Formula(float slope) : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, z, slope * z);

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> => V.WhereLess(V.Of(0), z, V.Of(1), V.Of(slope));
    }
}
