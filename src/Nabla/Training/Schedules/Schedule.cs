using System.Globalization;
using Nabla.Formulas;

namespace Nabla;

/// <summary>
/// How the learning rate changes during a training: a factor for each moment of it. The optimiser's own learning rate
/// is multiplied by this factor.
/// </summary>
/// <remarks>
/// A schedule has no state. The factor follows from how many epochs are done, how many there will be, and, for
/// <see cref="Plateau"/>, from the losses of the epochs so far. So one schedule can serve many trainings, and a
/// resumed training computes the same factors. Its name is text that <c>Parse.Schedule</c>
/// reads: “warmup 1 then cosine”.
/// </remarks>
public sealed class Schedule
{
    /// <summary>A factor of practically 0 that still makes a valid learning rate.</summary>
    internal const double Least = 1e-30;

    private readonly Formula formula;

    internal Schedule(string name, Formula formula, ScheduleLength? length = null)
    {
        Name = name;
        this.formula = formula;
        Length = length;
    }

    internal delegate double Formula(double done, double epochs, ReadOnlySpan<double> losses);

    /// <summary>The schedule as text, in the notation of the command line: “cosine”, “step 10 0.1”.</summary>
    public string Name { get; }

    /// <summary>How long the schedule lasts; null if it lasts until the end.</summary>
    internal ScheduleLength? Length { get; }

    /// <summary>The schedules that this one is a sequence of.</summary>
    internal Schedule[] Parts { get => field ?? [this]; init; }

    /// <summary>Returns the factor of the learning rate.</summary>
    /// <param name="done">The number of finished epochs, including the finished part of the current one:
    /// from 0 up to but not including <paramref name="epochs"/>.</param>
    /// <param name="epochs">The number of epochs in all.</param>
    /// <param name="losses">The loss after each finished epoch, on the validation data if there is any;
    /// only <see cref="Plateau"/> uses it.</param>
    public double Factor(double done, double epochs, ReadOnlySpan<double> losses = default)
    {
        if (Length?.Of(epochs) is not { } length)
            return formula(done, epochs, losses);
        return done < length
            ? formula(done, length, losses)
            : Math.Max(formula(length, length, losses), Least);         // after the end, the last factor stays
    }

    /// <summary>The factor within a sequence,
    /// in which this schedule lasts for <paramref name="length"/> epochs.</summary>
    internal double FactorWithin(double done, double length, ReadOnlySpan<double> losses) =>
        formula(done, length, losses);

    /// <summary>The same learning rate throughout.</summary>
    public static Schedule Constant { get; } = new("constant", (_, _, _) => 1);

    /// <summary>Half a cosine wave, from the full learning rate down to 0
    /// (Loshchilov and Hutter, 2017, equation 5).</summary>
    public static Schedule Cosine { get; } = CosineTo(0);

    /// <summary>Half a cosine wave, from the full learning rate down to a share of it.</summary>
    public static Schedule CosineTo(double final) => new(
        NameOf("cosine", [Share(final)], [0]),
        (done, epochs, _) => Wave(1, final, done / epochs));

    /// <summary>A straight line from the full learning rate down to a share of it.</summary>
    public static Schedule Linear(double final = 0) => new(
        NameOf("linear", [Share(final)], [0]),
        (done, epochs, _) => 1 - (1 - final) * (done / epochs));

    /// <summary>Multiplies the learning rate by γ after every <paramref name="epochs"/> epochs:
    /// γ^⌊done / epochs⌋.</summary>
    public static Schedule Step(double epochs, double gamma = 0.1) => new(
        NameOf("step", [Positive(epochs, "number of epochs"), Reduction(gamma)], []),
        (done, _, _) => Power(gamma, Math.Floor(done / epochs)));

    /// <summary>Multiplies the learning rate by γ with every epoch, a little at each step: γ^done.</summary>
    public static Schedule Exponential(double gamma) => new(
        NameOf("exponential", [Reduction(gamma)], []),
        (done, _, _) => Power(gamma, done));

    /// <summary>A straight line from a small share up to the full learning rate (Goyal et al., 2017, section 2.2).
    /// Another schedule should follow.</summary>
    /// <param name="epochs">The number of epochs that the warmup lasts, such as 1 or 0.5.</param>
    /// <param name="from">The share at the start, more than 0.</param>
    public static Schedule Warmup(double epochs, double from = 0.01) => Warmup(ScheduleLength.Epochs(epochs), from);

    /// <summary>A warmup that lasts for a share of the training.</summary>
    /// <param name="share">The share of the training that the warmup lasts, between 0 and 1.</param>
    /// <param name="from">The share of the learning rate at the start, more than 0.</param>
    public static Schedule WarmupShare(double share, double from = 0.01) => Warmup(ScheduleLength.Share(share), from);

    internal static Schedule Warmup(ScheduleLength length, double from) => new(
        NameOf($"warmup {length}", [Positive(Share(from), "share to begin with")], [0.01]),
        (done, epochs, _) => from + (1 - from) * (done / epochs),
        length);

    /// <summary>
    /// Up, then far down, each half a cosine wave. The learning rate of the optimiser is the peak, and can be higher
    /// than any rate that would work throughout (Smith and Topin, 2018; the form with cosines is fastai's and
    /// PyTorch's). Momentum stays constant.
    /// </summary>
    /// <param name="rise">The share of the training in which the rate goes up.</param>
    /// <param name="start">The factor at the start.</param>
    /// <param name="end">The factor at the end.</param>
    public static Schedule OneCycle(double rise = 0.3, double start = 0.04, double end = 4e-6)
    {
        double[] settings =
        [
            Positive(Share(rise), "share that goes up"), Positive(Share(start), "factor at the start"), Share(end),
        ];
        return new(NameOf("one-cycle", settings, [0.3, 0.04, 4e-6]), (done, epochs, _) =>
        {
            var p = done / epochs;
            return p < rise ? Wave(start, 1, p / rise) : Wave(1, end, (p - rise) / (1 - rise));
        });
    }

    /// <summary>
    /// Reduces the learning rate when the loss stops falling, like PyTorch's ReduceLROnPlateau: after more than
    /// <paramref name="patience"/> epochs without a loss that is better than the best by a ten-thousandth, the
    /// learning rate is multiplied by <paramref name="factor"/>.
    /// </summary>
    /// <param name="patience">The number of epochs without progress that are tolerated.</param>
    /// <param name="factor">The factor of each reduction.</param>
    /// <param name="cooldown">The number of epochs after a reduction that are not counted.</param>
    /// <param name="minimum">The share of the learning rate that always remains.</param>
    public static Schedule Plateau(int patience = 5, double factor = 0.5, int cooldown = 0, double minimum = 0)
    {
        var plateau = new Plateau(patience, Reduction(factor), cooldown, Share(minimum));
        return new(
            NameOf("plateau", [patience, factor, cooldown, minimum], [5, 0.5, 0, 0]),
            (_, _, losses) => plateau.Factor(losses));
    }

    /// <summary>Creates a schedule of your own.</summary>
    /// <param name="name">The name of the schedule.</param>
    /// <param name="factor">Maps the finished share of the training, from 0 up to but not including 1,
    /// to the factor of the learning rate, more than 0.</param>
    public static Schedule Custom(string name, Func<double, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new(name, (done, epochs, _) => factor(done / epochs));
    }

    /// <summary>Returns this schedule for a part of the training, as if that part were all of it;
    /// another one follows.</summary>
    /// <exception cref="InvalidOperationException">The schedule already has a length.</exception>
    public Schedule For(double epochs) => For(ScheduleLength.Epochs(epochs));

    /// <summary>Returns this schedule for a share of the training, between 0 and 1; another one follows.</summary>
    /// <exception cref="InvalidOperationException">The schedule already has a length.</exception>
    public Schedule ForShare(double share) => For(ScheduleLength.Share(share));

    internal Schedule For(ScheduleLength length) => Parts.Length == 1 && Length is null
        ? new($"{Name} for {length}", formula, length)
        : throw new InvalidOperationException($"The parts of '{Name}' already have lengths.");

    /// <summary>Returns this schedule followed by another, which begins at the full learning rate.</summary>
    /// <exception cref="InvalidOperationException">This schedule has no length.</exception>
    public Schedule Then(Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return ScheduleSequence.Of(this, next);
    }

    /// <summary>The name and its values, without those at the end that are the usual ones.</summary>
    private static string NameOf(string name, ReadOnlySpan<double> values, ReadOnlySpan<double> usual)
    {
        var count = values.Length;
        while (count > values.Length - usual.Length && values[count - 1] == usual[^(values.Length - count + 1)])
            count--;
        foreach (var value in values[..count])
            name += " " + value.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>Goes from one value to another as t goes from 0 to 1, slowly at both ends.</summary>
    private static double Wave(double from, double to, double t) =>
        to + (from - to) * ((1 + ScalarMath.SinCos(Math.PI * t).Cos) / 2);

    /// <summary>γˣ, the same on every machine; never quite 0, because 0 is not a valid learning rate.</summary>
    private static double Power(double gamma, double x) =>
        Math.Max(ScalarMath.Exp(x * ScalarMath.Log(gamma)), Least);

    private static double Share(double value) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            nameof(value),
            value,
            $"A share of the learning rate or of the training must be at least 0 and less than 1, not {value}.");

    private static double Reduction(double value) => value is > 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            nameof(value),
            value,
            $"The factor of a reduction must be more than 0 and less than 1, not {value}.");

    private static double Positive(double value, string what) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The {what} must be more than 0, not {value}.");
}
