using System.Globalization;
using Nabla.Kernels;

namespace Nabla;

/// <summary>
/// Brings every channel to mean 0 and variance 1 over the batch, then lets it have the scale and the shift that serve best:
/// x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β (Ioffe and Szegedy, 2015, algorithm 1).
/// </summary>
/// <remarks>
/// <para>μ and σ² are taken over the n numbers that a channel has in the batch: one from each example, or one from each pixel of each example. So it is at once what
/// PyTorch calls BatchNorm1d and BatchNorm2d.</para>
/// <para>A prediction must not depend on what else is predicted: there, μ and σ² are the running statistics, which every step of training moves a little towards its
/// own: r ← (1 − momentum)·r + momentum·new. The running variance is of the unbiased kind, with n − 1 for its divisor; within a batch it is n.</para>
/// <para>The way back: μ and σ² depend on every x of the channel. With δ = ∂C/∂y, and sums over the n numbers,
/// ∂C/∂β = Σ δ, ∂C/∂γ = Σ δ·x̂ and ∂C/∂x = γ / √(σ² + ε) · (δ − (∂C/∂β + x̂·∂C/∂γ) / n).</para>
/// </remarks>
public sealed class BatchNorm : Layer
{
    private const double UsualEpsilon = 1e-5, UsualMomentum = 0.1;
    private Parameter[] parameters = [], state = [];

    /// <summary>ε, which is added to the variance, so that a channel that is always the same does not divide by 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double Epsilon
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The epsilon of a batch normalisation must be positive.");
    } = UsualEpsilon;

    /// <summary>How far each step moves the running statistics towards those of its batch: above 0, at most 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double Momentum
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The momentum of a batch normalisation must be above 0 and at most 1.");
    } = UsualMomentum;

    /// <inheritdoc/>
    public override string Description => "batch-norm"
        + (Epsilon == UsualEpsilon ? "" : string.Create(CultureInfo.InvariantCulture, $" epsilon {Epsilon}"))
        + (Momentum == UsualMomentum ? "" : string.Create(CultureInfo.InvariantCulture, $" momentum {Momentum}"));

    /// <summary>γ and β, each one number for a channel. Weight decay spares them.</summary>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The running mean and variance, each one number for a channel.</summary>
    public override IReadOnlyList<Parameter> State => state;

    private Parameter Scale => parameters[0];

    private Parameter Shift => parameters[1];

    private Matrix RunningMean => state[0].Value;

    private Matrix RunningVariance => state[1].Value;

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
    /// <exception cref="ArgumentException">In training, a channel has one number only: its variance means nothing.</exception>
    public override void Forward(Matrix x, Matrix y, Pass pass)
    {
        var statistics = Statistics(pass);
        if (pass.IsTraining)
        {
            CheckEnough(x.Rows);
            Normalization.Moments(x.ReadOnlyValues, ChannelsOf(x), statistics);                               // μ and σ², over batch and pixels
            MoveRunningStatistics(statistics, n: x.Rows * InputShape.Pixels);
        }
        else
        {
            RunningMean.Values.CopyTo(statistics.Mean);
            RunningVariance.Values.CopyTo(statistics.Variance);
            statistics.Rest.Clear();
        }
        statistics.SetFactors(Epsilon);                                                               // 1 / √(σ² + ε)
        Normalization.Apply(x.ReadOnlyValues, y.Values, ChannelsOf(x), statistics, Scale.Value.Values, Shift.Value.Values);       // y = γ·x̂ + β
    }

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var statistics = Statistics(pass);
        Span<float> dShift = Shift.Gradient.Values, dScale = Scale.Gradient.Values;
        Normalization.Sums(dY.Values, x.ReadOnlyValues, ChannelsOf(x), statistics, dShift, dScale);           // ∂C/∂β = Σ δ, ∂C/∂γ = Σ δ·x̂
        if (!dX.IsEmpty)                                                                              // γ / √(σ² + ε) · (δ − (∂C/∂β + x̂·∂C/∂γ) / n)
            Normalization.Backward(dY.Values, x.ReadOnlyValues, dX.Values, ChannelsOf(x), statistics, Scale.Value.Values, dShift, dScale);
    }

    /// <summary>r ← (1 − momentum)·r + momentum·new. What is no number is left out: a step that diverges leaves what it found.</summary>
    private void MoveRunningStatistics(ChannelStatistics batch, int n)
    {
        Span<float> mean = batch.Mean, variance = batch.Variance;
        Span<float> runningMean = RunningMean.Values, runningVariance = RunningVariance.Values;
        for (var channel = 0; channel < mean.Length; channel++)
        {
            if (!float.IsFinite(mean[channel]) || !float.IsFinite(variance[channel]))
                continue;
            var unbiased = (double)variance[channel] * n / (n - 1);
            runningMean[channel] = (float)((1 - Momentum) * runningMean[channel] + Momentum * mean[channel]);
            runningVariance[channel] = (float)((1 - Momentum) * runningVariance[channel] + Momentum * unbiased);
        }
    }

    private ChannelStatistics Statistics(Pass pass) => new(pass.Memory(this, "statistics", 4, InputShape.Channels).Values);

    private Channels ChannelsOf(Matrix x) => new(x.Rows, InputShape.Channels, InputShape.Pixels);

    private void CheckEnough(int examples)
    {
        if (examples * InputShape.Pixels == 1)
            throw new ArgumentException(
                "A batch normalisation cannot learn from a batch of one example where a channel has one number only: its mean would be that number, and " +
                "everything would become 0. Choose a batch size that leaves no single example at the end of an epoch, or use layer-norm.");
    }
}
