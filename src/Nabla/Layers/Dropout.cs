using System.Globalization;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Drops some of the values in each training step, so that no neuron can rely on another: y = m ⊙ x, where each element
/// of the mask m is 0 with a given probability p, else 1 / (1 − p) (Srivastava, Hinton, Krizhevsky, Sutskever and
/// Salakhutdinov, 2014).
/// </summary>
/// <remarks>
/// The factor 1 / (1 − p) keeps the expectation of y at x (“inverted” dropout), so a prediction just passes x on. The
/// mask is not stored: each forward pass draws one 64-bit key from the training's random numbers, and a hash of the key
/// and i decides whether value i is dropped (<c>CounterHash</c> specifies it). The backward pass computes the same mask
/// again.
/// </remarks>
/// <param name="rate">p, the probability that a value is dropped: at least 0 and less than 1.</param>
public sealed class Dropout(float rate = 0.5f) : Layer
{
    /// <summary>p, the probability that a value is dropped.</summary>
    public float Rate { get; } = rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(
            nameof(rate), rate, "The rate of dropout must be at least 0 and less than 1: 0.2 drops a fifth.");

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"dropout {Rate}");

    /// <inheritdoc/>
    public override string SlopeFormula =>
        string.Create(CultureInfo.InvariantCulture, $"1 / (1 − {Rate}) where kept, else 0");

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        if (pass.Random is not { } random)
        {
            x.ReadOnlyValues.CopyTo(y.Values);                      // a prediction: y = x
            return;
        }
        Key(pass) = random.NextUInt64();
        y.SetIndexed(x, Mask(pass));                        // y = m ⊙ x
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        if (!dX.IsEmpty)
            dX.SetIndexed(dY, Mask(pass));                  // ∂C/∂x = m ⊙ ∂C/∂y
    }

    private DropoutMask Mask(Pass pass) => new(Key(pass), Rate);

    /// <summary>The key of this pass's mask, stored in the space of two float32 values.</summary>
    private ref ulong Key(Pass pass) =>
        ref MemoryMarshal.Cast<float, ulong>(pass.Memory(this, "key", 1, 2).Values)[0];
}
