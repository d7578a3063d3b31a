using System.Globalization;
using System.Runtime.InteropServices;
using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Leaves out some of the numbers in each training step, so that no neuron can rely on another: y = m ⊙ x, where each number of the mask m is 0 with
/// a given probability p, else 1 / (1 − p) (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014).
/// </summary>
/// <remarks>
/// The factor 1 / (1 − p) keeps the expectation of y at x (“inverted” dropout), so a prediction just passes x on. The mask is not stored: each
/// forward pass draws one 64-bit key from the training's random numbers, and number i is left out if the hash of the key and i says so
/// (<c>CounterHash</c> specifies it). The way back computes the same mask again.
/// </remarks>
/// <param name="rate">p, the probability to be left out: at least 0 and less than 1.</param>
public sealed class Dropout(float rate = 0.5f) : Layer
{
    /// <summary>p, the probability to be left out.</summary>
    public float Rate { get; } = rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate of dropout must be at least 0 and less than 1: 0.2 leaves out a fifth.");

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"dropout {Rate}");

    /// <summary>Its slope as a formula, for people, as an activation has one.</summary>
    internal string SlopeFormula => string.Create(CultureInfo.InvariantCulture, $"1 / (1 − {Rate}) where kept, else 0");

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        if (pass.Random is not { } random)
        {
            x.Values.CopyTo(y.Values);                          // a prediction: y = x
            return;
        }
        Key(pass) = random.NextUInt64();
        y.SetIndexed(x, new Mask(Key(pass), Rate));                    // y = m ⊙ x
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            dX.SetIndexed(dY, new Mask(Key(pass), Rate));              // ∂C/∂x = m ⊙ ∂C/∂y
    }

    /// <summary>The key of this pass's mask, in the room of two float32.</summary>
    private ref ulong Key(Pass pass) => ref MemoryMarshal.Cast<float, ulong>(pass.Memory(this, "key", 1, 2).Values)[0];

    private readonly struct Mask(ulong key, float rate) : IIndexedFormula
    {
        private readonly float from = rate * (1 << 24), scale = 1 / (1 - rate);

        public V Of<V>(V x, uint index) where V : struct, IVectorLanes<V> =>
            V.WhereLess(CounterHash.Of<V>(key, index), V.Of(from), V.Of(0), scale * x);
    }
}
