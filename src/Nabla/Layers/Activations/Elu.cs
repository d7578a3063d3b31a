using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// The exponential linear unit: a = z where z &gt; 0, else α·(eᶻ − 1) (Clevert, Unterthiner and Hochreiter, 2016,
/// equation 15).
/// </summary>
/// <remarks>
/// Below 0 it bends smoothly towards −α, so the mean of its outputs is nearer to 0 than after <see cref="Relu"/>. With
/// α = 1 its slope has no jump.
/// </remarks>
/// <param name="alpha">α, how far below 0 it reaches; positive.</param>
public sealed class Elu(float alpha = 1) : Activation<Elu.Formula>(new(alpha))
{
    /// <summary>α, how far below 0 it reaches.</summary>
    public float Alpha { get; } = alpha > 0 && float.IsFinite(alpha)
        ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "The α of an ELU must be positive and finite.");

    /// <inheritdoc/>
    public override string Description =>
        Alpha == 1 ? "elu" : string.Create(CultureInfo.InvariantCulture, $"elu {Alpha}");

    /// <inheritdoc/>
    public override string SlopeFormula =>
        string.Create(CultureInfo.InvariantCulture, $"1 where z > 0, else a + {Alpha}");

    /// <inheritdoc/>
    public override Initializer PreferredInitializer => Initializer.He;

    /// <inheritdoc/>
    public override int KinkSignature(Matrix x, Pass pass) => Rows.HashOfSigns(x.ReadOnlyValues);

    /// <summary>a = z where z &gt; 0, else α·(eᶻ − 1).</summary>
    public readonly struct Formula(float alpha) : IActivationFormula
    {
        /// <inheritdoc/>
        public V Value<V>(V z) where V : struct, ILanes<V> =>
            V.WhereLess(V.Of(0), z, z, alpha * Functions.ExpMinusOne(z));

        /// <inheritdoc/>
        public V Slope<V>(V z, V a) where V : struct, ILanes<V> =>
            V.WhereLess(V.Of(0), a, V.Of(1), alpha + a);                // below 0: α·eᶻ = α + a
    }
}
