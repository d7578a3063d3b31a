namespace Nabla.Doctor;

/// <summary>NB105: targets that the network cannot give, whatever its weights.</summary>
/// <remarks>
/// A sigmoid gives numbers from 0 to 1, a tanh from −1 to 1, a ReLU none below 0 (<see cref="Nabla.Layer.Range"/>). For a target outside, the cost has its least where the activation
/// is saturated: the training drives z towards infinity, and the gradient towards 0. A cross-entropy takes its targets for probabilities, which lie from 0 to 1.
/// </remarks>
internal sealed class TargetRangeCheck : Check
{
    private const float Slack = 1e-4f;                  // of rounding

    /// <inheritdoc/>
    public override string Code => "NB105";

    /// <inheritdoc/>
    public override string Title => "targets out of reach";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog chart)
    {
        var last = training.Network.Layers[^1];
        var (low, high) = training.Loss.TakesLogits ? (0f, 1f) : last.Range;
        float least = training.Targets.Min(target => target.Least), most = training.Targets.Max(target => target.Most);
        if (least >= low - Slack && most <= high + Slack)
            return;
        var who = training.Loss.TakesLogits ? $"the loss {training.Loss.Name} takes probabilities" : $"the last layer ({last.Name}) gives numbers";
        chart.Add(this, FindingSeverity.Warning, training.Loss.TakesLogits ? null : training.Network.Layers.Count - 1,
            $"The targets reach from {least:G4} to {most:G4}, but {who} {(float.IsInfinity(high) ? $"of {low} or more" : $"from {low} to {high}")}.",
            training.Loss.TakesLogits ? "Use squared-error to predict numbers; for probabilities, scale the targets." : "Leave out the last activation, or scale the targets into its range.",
            new("least target", least), new("most target", most));
    }
}
