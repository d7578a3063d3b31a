using System.Globalization;

namespace Nabla;

/// <summary>
/// Brings every channel to mean 0 and variance 1 over the batch, then gives it a learned scale and shift:
/// x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β (Ioffe and Szegedy, 2015, algorithm 1).
/// </summary>
/// <remarks>
/// <para>μ and σ² are taken over the n values that a channel has in the batch: one from each example, or one from each
/// pixel of each example. So it is both what PyTorch calls BatchNorm1d and BatchNorm2d.</para>
/// <para>A prediction must not depend on what else is predicted. It uses running statistics for μ and σ², which every
/// training step moves a little towards those of its batch: r ← (1 − momentum)·r + momentum·new. The running variance
/// is the unbiased one, with divisor n − 1; within a batch the divisor is n.</para>
/// <para>Backward: μ and σ² depend on every x of the channel. With δ = ∂C/∂y, and sums over the n values,
/// ∂C/∂β = Σ δ, ∂C/∂γ = Σ δ·x̂ and ∂C/∂x = γ / √(σ² + ε) · (δ − (∂C/∂β + x̂·∂C/∂γ) / n).</para>
/// </remarks>
public sealed class BatchNorm : Layer
{
    private const double UsualEpsilon = 1e-5, UsualMomentum = 0.1;
    private Parameter[] parameters = [], state = [];

    /// <summary>
    /// ε, which is added to the variance, so that a channel whose values are all equal does not divide by 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double Epsilon
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "The epsilon of a batch normalisation must be positive.");
    } = UsualEpsilon;

    /// <summary>
    /// How far each step moves the running statistics towards those of its batch: above 0, at most 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public double Momentum
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "The momentum of a batch normalisation must be above 0 and at most 1.");
    } = UsualMomentum;

    /// <inheritdoc/>
    public override string Description => "batch-norm"
        + (Epsilon == UsualEpsilon ? "" : string.Create(CultureInfo.InvariantCulture, $" epsilon {Epsilon}"))
        + (Momentum == UsualMomentum ? "" : string.Create(CultureInfo.InvariantCulture, $" momentum {Momentum}"));

    /// <summary>γ and β, each with one element for a channel. Weight decay does not touch them.</summary>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The running mean and variance, each with one element for a channel.</summary>
    public override IReadOnlyList<Parameter> State => state;

    private Parameter Scale => parameters[0];

    private Parameter Shift => parameters[1];

    private Matrix RunningMean => state[0].Value;

    private Matrix RunningVariance => state[1].Value;

    private ChannelNormalization Normalization => new(InputShape, Epsilon);

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        parameters = [Parameter.Vector("weight", input.Channels), Parameter.Vector("bias", input.Channels)];
        state = [Parameter.Vector("running_mean", input.Channels), Parameter.Vector("running_var", input.Channels)];
        return input;
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        Scale.Value.Values.Fill(1);
        Shift.Value.Values.Clear();
        RunningMean.Values.Clear();
        RunningVariance.Values.Fill(1);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// In training, a channel has only one value, so its variance means nothing.
    /// </exception>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        var memory = pass.Memory(this);
        if (pass.IsTraining)
        {
            CheckEnough(x.Rows);
            var moments = Normalization.Forward(            // y = γ·x̂ + β, with μ and σ² over batch and pixels
                x, Scale.Value, Shift.Value, y, memory);
            MoveRunningStatistics(moments, n: x.Rows * InputShape.Pixels);
        }
        else
            Normalization.Forward(                          // y = γ·x̂ + β, with the running statistics for μ and σ²
                x, RunningMean, RunningVariance, Scale.Value, Shift.Value, y, memory);
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var memory = pass.Memory(this);
        Normalization.ParameterGradients(                   // ∂C/∂γ = Σ δ·x̂, ∂C/∂β = Σ δ, over batch and pixels
            x, dY, Scale.Gradient, Shift.Gradient, memory);
        if (!dX.IsEmpty)
            Normalization.InputGradient(                    // ∂C/∂x = γ / √(σ² + ε) · (δ − (∂C/∂β + x̂·∂C/∂γ) / n)
                x, dY, Scale.Value, Scale.Gradient, Shift.Gradient, dX, memory);
    }

    /// <summary>
    /// r ← (1 − momentum)·r + momentum·new. Infinite statistics and NaN are skipped, so a step that diverges leaves the
    /// running ones as they were.
    /// </summary>
    private void MoveRunningStatistics(ChannelMoments batch, int n)
    {
        Span<float> runningMean = RunningMean.Values, runningVariance = RunningVariance.Values;
        for (var channel = 0; channel < runningMean.Length; channel++)
        {
            float mean = batch.Mean[channel], variance = batch.Variance[channel];
            if (!float.IsFinite(mean) || !float.IsFinite(variance))
                continue;
            var unbiased = (double)variance * n / (n - 1);
            runningMean[channel] = (float)((1 - Momentum) * runningMean[channel] + Momentum * mean);
            runningVariance[channel] = (float)((1 - Momentum) * runningVariance[channel] + Momentum * unbiased);
        }
    }

    private void CheckEnough(int examples)
    {
        if (examples * InputShape.Pixels == 1)
            throw new ArgumentException(
                "A batch normalisation cannot learn from a batch of one example where a channel has only one value: " +
                "the mean would be that value, and everything would become 0. Choose a batch size that leaves no " +
                "single example at the end of an epoch, or use layer-norm.");
    }
}
