namespace Nabla.Doctor;

/// <summary>NB101: inputs whose scale is far from 1.</summary>
/// <remarks>
/// <para>The step of a weight is proportional to its input (∂C/∂w = δ·x), and so is what the weight adds to z. Pixels
/// from 0 to 255 saturate a sigmoid at the first step, and need a learning rate that is 255² times smaller; inputs of
/// 0.001 need one that is 1000² times larger. Initial weights are drawn for inputs with a deviation of about 1 and a
/// mean near 0 (LeCun, Bottou, Orr and Müller, <i>Efficient BackProp</i>, 1998, section 4.3).</para>
/// <para>The upper limit leaves a factor of ten above that. At the lower end, pixels from 0 to 1 with little ink have
/// a largest deviation of 0.4; divided by 255 once too often, it is 0.002. The limit is 0.02.</para>
/// </remarks>
internal sealed class InputScaleCheck : Check
{
    private const double Large = 10, Small = 0.02;

    /// <inheritdoc/>
    public override string Code => "NB101";

    /// <inheritdoc/>
    public override string Title => "inputs are not scaled";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog log)
    {
        if (training.Network.Layers[0] is Embedding)                // token numbers are not measurements
            return;
        double deviation = 0, mean = 0;
        foreach (var input in training.Inputs)
            (deviation, mean) = (Math.Max(deviation, input.Deviation), Math.Max(mean, Math.Abs(input.Mean)));
        var least = training.Inputs.Min(input => input.Least);
        var most = training.Inputs.Max(input => input.Most);
        (string, double)[] evidence =
        [
            ("largest deviation of an input", deviation), ("largest mean of an input", mean),
            ("least", least), ("most", most),
        ];
        if (deviation > Large || mean > Large)
            log.Add(this, FindingSeverity.Warning, null,
                $"The inputs range from {least:G4} to {most:G4}. The largest mean of an input is {mean:G3}, and " +
                $"the largest deviation {deviation:G3}; about 1 is expected.",
                "Scale each input: subtract its mean and divide by its deviation, or divide pixels by 255. Scale " +
                "all data the same way, also when predicting.",
                evidence);
        else if (deviation is > 0 and < Small)
            log.Add(this, FindingSeverity.Warning, null,
                $"The inputs hardly vary: the largest deviation of an input is {deviation:G3}; about 1 is expected.",
                "Divide each input by its deviation. Were pixels divided by 255 twice?",
                evidence);
    }
}
