namespace Nabla.Data;

/// <summary>A point that the pen passes.</summary>
/// <param name="Place">Its position.</param>
/// <param name="IsCorner">Whether the pen makes a sharp turn there, instead of flowing through.</param>
internal readonly record struct Waypoint(PenPoint Place, bool IsCorner);

/// <summary>One way to write one digit: a few strokes, each the waypoints of a pen that stays on the paper.</summary>
/// <param name="Strokes">The strokes, in the order in which they are written.</param>
internal sealed record DigitForm(Waypoint[][] Strokes)
{
    /// <summary>
    /// Parses the notation of a form: <c>"2,6 60,4! 22,100 / 15,48 55,46"</c> is a 7 with a crossbar.
    /// Each pair is a waypoint x,y; <c>!</c> makes it a corner; <c>/</c> lifts the pen.
    /// </summary>
    public static DigitForm Parse(string notation) => new(
    [
        .. notation.Split('/').Select(stroke => stroke
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseWaypoint).ToArray()),
    ]);

    /// <summary>The form between two others: a at <paramref name="t"/> = 0, b at <paramref name="t"/> = 1.</summary>
    public static DigitForm Between(DigitForm a, DigitForm b, double t) => new(
    [
        .. a.Strokes.Zip(b.Strokes, (p, q) => p.Zip(q, (p0, p1) =>
            p0 with { Place = p0.Place + t * (p1.Place - p0.Place) }).ToArray()),
    ]);

    private static Waypoint ParseWaypoint(string text)
    {
        var pair = text.TrimEnd('!').Split(',');
        return new(new(int.Parse(pair[0]), int.Parse(pair[1])), text.EndsWith('!'));
    }
}

/// <summary>
/// Ways to write a digit that pass the same waypoints, and so blend into each other: people's twos do not come in
/// distinct kinds, but lie anywhere between the one with a loop and the one with a corner.
/// </summary>
internal sealed class DigitFamily
{
    private readonly DigitForm[] forms;

    /// <summary>Creates a family of forms.</summary>
    /// <param name="share">How common it is among the families of the same digit.</param>
    /// <param name="notations">Its forms, all with the same strokes and the same number of waypoints.</param>
    public DigitFamily(double share, params string[] notations)
    {
        Share = share;
        forms = [.. notations.Select(DigitForm.Parse)];
        foreach (var (form, notation) in forms.Zip(notations))
            if (!form.Strokes.Select(s => s.Length).SequenceEqual(forms[0].Strokes.Select(s => s.Length)))
                throw new ArgumentException($"The form '{notation}' cannot blend with '{notations[0]}': "
                    + "forms of one family have the same strokes and the same number of waypoints.");
    }

    /// <summary>How common the family is among the families of the same digit.</summary>
    public double Share { get; }

    /// <summary>Returns a random form between two of the family's, or a little beyond one of them.</summary>
    public DigitForm Pick(RandomGenerator random)
    {
        var a = forms[random.NextInt(forms.Length)];
        var b = forms[random.NextInt(forms.Length)];
        return DigitForm.Between(a, b, random.NextUniform(-0.35, 1.35));
    }
}
