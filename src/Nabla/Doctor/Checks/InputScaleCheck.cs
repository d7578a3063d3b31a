namespace Nabla.Doctor;

/// <summary>NB101: inputs that are far from the size of 1.</summary>
/// <remarks>
/// The step of a weight is proportional to its input (∂C/∂w = δ·x), and so is what the weight adds to z. Pixels from 0 to 255 saturate a sigmoid at the first
/// step, and allow only a learning rate that is 255² times smaller; inputs of 0.001 need one that is as much larger. Initial weights are drawn for inputs with a
/// deviation of about 1 and a mean near 0 (LeCun, Bottou, Orr and Müller, <i>Efficient BackProp</i>, 1998, section 4.3).
/// The limits leave a factor of ten to that on the large side. On the small side, pixels from 0 to 1 with little ink have a largest deviation of 0.4; divided by
/// 255 once too often it is 0.002. The limit is 0.02.
/// </remarks>
internal sealed class InputScaleCheck : Check
{
    private const double Large = 10, Small = 0.02;

    /// <inheritdoc/>
    public override string Code => "NB101";

    /// <inheritdoc/>
    public override string Title => "inputs are not scaled";

    /// <inheritdoc/>
    public override void Begin(TrainingFacts training, FindingLog chart)
    {
        if (training.Network.Layers[0] is Embedding)                // token numbers are no measurements
            return;
        double deviation = 0, mean = 0;
        foreach (var input in training.Inputs)
            (deviation, mean) = (Math.Max(deviation, input.Deviation), Math.Max(mean, Math.Abs(input.Mean)));
        float least = training.Inputs.Min(input => input.Least), most = training.Inputs.Max(input => input.Most);
        (string, double)[] evidence =
        [
            ("largest deviation of an input", deviation), ("largest mean of an input", mean), ("least", least), ("most", most),
        ];
        if (deviation > Large || mean > Large)
            chart.Add(this, FindingSeverity.Warning, null,
                $"The inputs reach from {least:G4} to {most:G4}; one has a mean of up to {mean:G3}, one a deviation of up to {deviation:G3}, where about 1 is expected.",
                "Scale each input: subtract its mean and divide by its deviation, or divide pixels by 255. Do the same to all data, also when predicting.",
                evidence);
        else if (deviation is > 0 and < Small)
            chart.Add(this, FindingSeverity.Warning, null,
                $"The inputs hardly differ: the largest deviation of any of them is {deviation:G3}, where about 1 is expected.",
                "Divide each input by its deviation. Have pixels been divided by 255 twice?",
                evidence);
    }
}
