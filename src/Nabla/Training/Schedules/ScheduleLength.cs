using System.Globalization;

namespace Nabla;

/// <summary>The length of a part of a training: a number of epochs, or a share of the whole.</summary>
internal readonly record struct ScheduleLength
{
    private readonly double value;
    private readonly bool isShare;

    private ScheduleLength(double value, bool isShare) => (this.value, this.isShare) = (value, isShare);

    /// <summary>A number of epochs, such as 1 or 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public static ScheduleLength Epochs(double epochs) => epochs > 0 && double.IsFinite(epochs)
        ? new(epochs, isShare: false)
        : throw new ArgumentOutOfRangeException(
            nameof(epochs), epochs, $"A part of a schedule must last for more than 0 epochs, not {epochs}.");

    /// <summary>A share of the whole training, between 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public static ScheduleLength Share(double share) => share is > 0 and < 1
        ? new(share, isShare: true)
        : throw new ArgumentOutOfRangeException(
            nameof(share),
            share,
            $"A part of a schedule must last for a share of the training between 0 and 1, not {share}.");

    /// <summary>Returns the length in epochs, for a training of <paramref name="epochs"/> epochs.</summary>
    public double Of(double epochs) => isShare ? value * epochs : value;

    /// <summary>“1”, “0.5”, “10%”.</summary>
    public override string ToString() => isShare
        ? ((decimal)value * 100).ToString("0.############", CultureInfo.InvariantCulture) + "%"
        : value.ToString(CultureInfo.InvariantCulture);
}
