namespace Nabla.Doctor;

/// <summary>
/// What has been found in one training so far. Each finding is recorded once, and again only if it has become more
/// severe.
/// </summary>
public sealed class FindingLog : IStateful
{
    private readonly List<Finding> findings = [];
    private readonly Network network;
    private readonly Action<Finding>? onFinding;
    private bool isSilent;

    /// <summary>An empty log.</summary>
    /// <param name="network">The network, for the names of its layers.</param>
    /// <param name="onFinding">Called with each finding.</param>
    /// <param name="isSilent">
    /// Whether <paramref name="onFinding"/> is not called before <see cref="EndSilence"/>.
    /// </param>
    internal FindingLog(Network network, Action<Finding>? onFinding, bool isSilent) =>
        (this.network, this.onFinding, this.isSilent) = (network, onFinding, isSilent);

    /// <summary>All findings, in the order in which they were made.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>The finding that ends the training; null if there is none.</summary>
    public Finding? Fatal => findings.Find(finding => finding.Severity == FindingSeverity.Fatal);

    /// <summary>The epoch and step that are looked at; null before the first.</summary>
    internal (int Epoch, int? Step)? Position { get; set; }

    /// <summary>
    /// Whether a finding would be new: the check has found nothing at this layer yet, or only something less severe.
    /// </summary>
    /// <param name="check">The check that calls.</param>
    /// <param name="severity">How serious it would be.</param>
    /// <param name="layer">The layer, from 0; null for none.</param>
    public bool Lacks(Check check, FindingSeverity severity, int? layer = null)
    {
        ArgumentNullException.ThrowIfNull(check);
        foreach (var finding in findings)
            if (finding.Code == check.Code && finding.Layer == layer + 1 && finding.Severity >= severity)
                return false;
        return true;
    }

    /// <summary>Whether a finding with this code has been made, at any layer.</summary>
    public bool Has(string code)
    {
        foreach (var finding in findings)
            if (finding.Code == code)
                return true;
        return false;
    }

    /// <summary>Records a finding, unless it is already known.</summary>
    /// <param name="check">The check that found it.</param>
    /// <param name="severity">How serious it is; <see cref="FindingSeverity.Fatal"/> ends the training.</param>
    /// <param name="layer">The layer, from 0; null for none.</param>
    /// <param name="message">What was seen, with its figures, in one or two sentences.</param>
    /// <param name="advice">What to try.</param>
    /// <param name="evidence">The figures.</param>
    public void Add(
        Check check, FindingSeverity severity, int? layer, string message, string advice,
        params (string Name, double Value)[] evidence)
    {
        if (!Lacks(check, severity, layer))
            return;
        var finding = new Finding
        {
            Code = check.Code,
            Title = check.Title,
            Severity = severity,
            Message = message,
            Advice = advice,
            Evidence = evidence,
            Layer = layer + 1,
            LayerName = layer is { } l ? network.Layers[l].Name : null,
            Epoch = Position?.Epoch,
            Step = Position?.Step,
        };
        findings.Add(finding);
        if (!isSilent)
            onFinding?.Invoke(finding);
    }

    /// <summary>
    /// Reports findings from now on, and with <paramref name="reportAll"/> also those that were made in silence.
    /// </summary>
    internal void EndSilence(bool reportAll)
    {
        if (!isSilent)
            return;
        isSilent = false;
        foreach (var finding in findings)
            if (reportAll)
                onFinding?.Invoke(finding);
    }

    /// <summary>Restored findings are not reported again.</summary>
    void IStateful.Visit(StateVisitor state) => SavedFindings.Visit(state, findings);
}
