namespace Nabla.Doctor;

/// <summary>NB105: targets that the network cannot reach, whatever its weights.</summary>
/// <remarks>
/// A sigmoid gives values from 0 to 1, a tanh from −1 to 1, and a ReLU none below 0
/// (<see cref="Nabla.Layer.Range"/>). For a target outside the range, the cost is least where the activation is
/// saturated: the training drives z towards infinity, and the gradient towards 0. A cross-entropy reads its targets
/// as probabilities, which lie from 0 to 1.
/// </remarks>
internal sealed class TargetRangeCheck : Check
{
    private const float Slack = 1e-4f;                  // for rounding

    /// <inheritdoc/>
    public override string Code => "NB105";

    /// <inheritdoc/>
    public override string Title => "targets out of reach";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        var last = training.Network.Layers[^1];
        var (low, high) = training.Loss.TakesLogits ? (0f, 1f) : last.Range;
        var least = training.Targets.Min(target => target.Least);
        var most = training.Targets.Max(target => target.Most);
        if (least >= low - Slack && most <= high + Slack)
            return;
        var isLoss = training.Loss.TakesLogits;
        var subject = isLoss
            ? $"the loss {training.Loss.Name} takes probabilities"
            : $"the last layer ({last.Name}) gives values";
        var range = float.IsInfinity(high) ? $"of {low} or more" : $"from {low} to {high}";
        log.Add(this, FindingSeverity.Warning, isLoss ? null : training.Network.Layers.Count - 1,
            $"The targets range from {least:G4} to {most:G4}, but {subject} {range}.",
            isLoss
                ? "Use squared-error to predict numbers; for probabilities, scale the targets."
                : "Leave out the last activation, or scale the targets into its range.",
            new("least target", least), new("most target", most));
    }
}
