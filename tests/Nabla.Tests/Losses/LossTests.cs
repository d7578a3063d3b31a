namespace Nabla.Tests.Losses;

/// <summary>What the golden tests, which compare values and gradients, do not cover.</summary>
public sealed class LossTests
{
    public static TheoryData<Loss> All => [.. Parse.LossNames.Select(Parse.Loss)];

    [Theory]
    [MemberData(nameof(All))]
    public void Targets_of_another_shape_are_refused(Loss loss)
    {
        Matrix y = new(2, 3), wrong = new(2, 4), target = new(2, 3), dY = new(1, 3);
        Assert.Equal(
            "The target is 2 × 4, but 2 × 3 is expected.",
            Assert.Throws<ArgumentException>(() => loss.Forward(y, wrong)).Message);
        Assert.Equal(
            "The matrix for ∂C/∂output is 1 × 3, but 2 × 3 is expected.",
            Assert.Throws<ArgumentException>(() => loss.Backward(y, target, dY)).Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_batch_without_examples_is_refused(Loss loss) =>
        Assert.Equal(
            "A batch needs at least one example: the cost is the mean over them.",
            Assert.Throws<ArgumentException>(() => loss.Forward(new Matrix(0, 3), new Matrix(0, 3))).Message);

    [Theory]
    [MemberData(nameof(All))]
    public void The_cost_of_a_batch_is_the_mean_of_the_costs_of_its_examples(Loss loss)
    {
        Matrix output = TestNumbers.UniformMatrix(5, 3, 1), target = new(5, 3);
        for (var i = 0; i < 5; i++)
            target[i, i % 3] = 1;
        var alone = Enumerable.Range(0, 5).Average(i => loss.Forward(Row(output, i), Row(target, i)));
        Assert.Equal(alone, loss.Forward(output, target), 1e-15);
    }

    [Fact]
    public void Logits_become_probabilities()
    {
        float[] output = [1, 2, -1], meaning = new float[3];
        new SoftmaxCrossEntropy().Interpret(output, meaning);
        Assert.Equal(1, meaning.Sum(), 1e-6);
        Assert.Equal(Math.Exp(1), meaning[1] / meaning[0], 1e-5);
        new SigmoidCrossEntropy().Interpret(output, meaning);
        Assert.Equal(1 / (1 + Math.Exp(-2)), meaning[1], 1e-6);
        new SquaredError().Interpret(output, meaning);
        Assert.Equal(output, meaning);
    }

    [Fact]
    public void NaN_and_infinity_show_in_the_cost()
    {
        foreach (var text in LossSettingsTests.WithSettings.Concat(Parse.LossNames))
            foreach (var bad in (float[])[float.NaN, float.PositiveInfinity])
            {
                var loss = Parse.Loss(text.Replace(" 0.5 2 3", " 2", StringComparison.Ordinal));
                var cost = loss.Forward(new([bad, 1], 0, 1, 2), new([0, 1], 0, 1, 2));
                Assert.False(double.IsFinite(cost), $"{text}, {bad}");
            }
    }

    private static Matrix Row(Matrix m, int row) => new(m.Row(row).ToArray(), 0, 1, m.Columns);
}
