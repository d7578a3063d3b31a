namespace Nabla.Tests.Layers;

/// <summary>
/// The backward pass of activations, bit by bit, also where ∂C/∂a is infinite, NaN or −0, on every instruction set.
/// </summary>
[Collection(Machine.Name)]
public sealed class ActivationTests : MachineTests
{
    private static readonly float[] special =
    [
        0f, -0f, 1f, -1f, 3f, -3f, 1e-40f, -1e-40f, 3e38f, -3e38f, -20f, -200f, float.PositiveInfinity,
        float.NegativeInfinity, float.NaN, .. TestNumbers.Uniform(18, 1),
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_relu_is_a_gate(string instructionSet)
    {
        Use(instructionSet);
        Check(new Relu(), (dA, z, a) => z > 0 ? dA : 0);                        // +0, whatever dA is
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Other_slopes_multiply(string instructionSet)
    {
        Use(instructionSet);
        foreach (var slope in (ReadOnlySpan<float>)[0, 0.01f, 0.2f])
            Check(new LeakyRelu(slope), (dA, z, a) => z > 0 ? dA : slope * dA);
        foreach (var alpha in (ReadOnlySpan<float>)[1, 0.5f])
            Check(new Elu(alpha), (dA, z, a) => a > 0 ? dA : dA * (alpha + a)); // −3 · 0 is −0, and ∞ · 0 is NaN
        Check(new Sigmoid(), (dA, z, a) => dA * (a * (1f - a)));                // the slope is rounded first
        Check(new Tanh(), (dA, z, a) => dA * (1f - a * a));
    }

    private static void Check(Layer activation, Func<float, float, float, float> expected)
    {
        float[] gradients = [.. special.SelectMany(_ => special)];
        float[] inputs = [.. special.SelectMany(z => special.Select(_ => z))];
        var columns = gradients.Length;
        var pass = new Pass(new LayerSequence(columns, [activation]), 1, random: null);
        Matrix x = new(inputs, 0, 1, columns), y = new(1, columns);
        Matrix dY = new(gradients, 0, 1, columns), dX = new(1, columns);
        activation.Forward(x, y, pass);
        activation.Backward(x, y, dY, dX, pass);
        var right = new float[columns];
        for (var i = 0; i < columns; i++)
            right[i] = expected(gradients[i], inputs[i], y.Values[i]);
        TestNumbers.AssertSameBits(right, dX.Values, activation.Description);
    }
}
