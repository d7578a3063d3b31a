namespace Nabla.Tests;

/// <summary>The operations of layers on images: their shapes, and what they remember.</summary>
public sealed class ImageOperationTests
{
    private static readonly Shape image = new(2, 5, 6);

    private static readonly Convolution2D convolution = new(image, filters: 4, kernel: 3);      // gives 4 × 3 × 4

    private static readonly Pooling2D pooling = new(image, Kernel: 2, Stride: 2, Padding: 0);   // gives 2 × 2 × 3

    private static readonly ChannelNormalization channels = new(image, 1e-5);

    private static readonly ExampleNormalization examples = new(image, 1e-5);

    private static readonly GlobalPooling2D global = new(image);

    private delegate void Operation(Matrix x, Matrix y, OperationMemory memory);

    private static readonly Dictionary<string, (int Outputs, Operation Run)> operations = new()
    {
        ["convolution"] = (48, (x, y, memory) => convolution.Forward(x, new(4, 18), new(1, 4), y, memory)),
        ["convolution without bias"] = (48, (x, y, memory) => convolution.Forward(x, new(4, 18), default, y, memory)),
        ["∂C/∂W of a convolution"] = (48, (x, y, memory) => convolution.WeightGradient(x, y, new(4, 18), memory)),
        ["∂C/∂X of a convolution"] = (48, (x, y, memory) => convolution.InputGradient(y, new(4, 18), x, memory)),
        ["maximum"] = (12, (x, y, memory) => pooling.Max(x, y, memory)),
        ["∂C/∂X of a maximum"] = (12, (x, y, memory) => pooling.MaxGradient(y, x, memory)),
        ["average"] = (12, (x, y, _) => pooling.Average(x, y)),
        ["∂C/∂X of an average"] = (12, (x, y, _) => pooling.AverageGradient(y, x)),
        ["global average"] = (2, (x, y, _) => global.Average(x, y)),
        ["∂C/∂X of a global average"] = (2, (x, y, _) => global.AverageGradient(y, x)),
        ["channels"] = (60, (x, y, memory) => channels.Forward(x, new(1, 2), new(1, 2), y, memory)),
        ["channels with given statistics"] =
            (60, (x, y, memory) => channels.Forward(x, new(1, 2), new(1, 2), new(1, 2), new(1, 2), y, memory)),
        ["∂C/∂γ of channels"] = (60, (x, y, memory) => channels.ParameterGradients(x, y, new(1, 2), new(1, 2), memory)),
        ["examples"] = (60, (x, y, memory) => examples.Forward(x, new(1, 60), new(1, 60), y, memory)),
        ["∂C/∂X of examples"] = (60, (x, y, memory) => examples.InputGradient(x, y, new(1, 60), new(3, 60), memory)),
        ["∂C/∂X of channels"] =
            (60, (x, y, memory) => channels.InputGradient(x, y, new(1, 2), new(1, 2), new(1, 2), new(3, 60), memory)),
    };

    public static TheoryData<string> Operations => [.. operations.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_batch_of_another_shape_is_refused(string name)        // the kernels below trust their pointers
    {
        var (outputs, run) = operations[name];
        OperationMemory memory = new(isTraining: true);
        run(new(3, image.Size), new(3, outputs), memory);
        Assert.Throws<ArgumentException>(() => run(new(3, image.Size - 1), new(3, outputs), memory));
        Assert.Throws<ArgumentException>(() => run(new(3, image.Size), new(3, outputs + 1), memory));
        Assert.Throws<ArgumentException>(() => run(new(3, image.Size), new(2, outputs), memory));
    }

    [Fact]
    public void Parameters_of_another_shape_are_refused()
    {
        OperationMemory memory = new(isTraining: true);
        Matrix x = new(3, image.Size), y = new(3, 48);
        Assert.Throws<ArgumentException>(() => convolution.Forward(x, new(4, 17), new(1, 4), y, memory));
        Assert.Throws<ArgumentException>(() => convolution.Forward(x, new(4, 18), new(1, 3), y, memory));
        Assert.Throws<ArgumentException>(() => convolution.WeightGradient(x, y, new(3, 18), memory));
        Assert.Throws<ArgumentException>(() => convolution.InputGradient(y, new(4, 9), x, memory));
        Assert.Throws<ArgumentException>(
            () => channels.Forward(x, new(1, 3), new(1, 2), new(1, 2), new(1, 2), new(3, 60), memory));
        Assert.Throws<ArgumentException>(
            () => channels.Forward(x, new(1, 2), new(1, 1), new(1, 2), new(1, 2), new(3, 60), memory));
        Assert.Throws<ArgumentException>(() => channels.Forward(x, new(1, 3), new(1, 2), new(3, 60), memory));
        Assert.Throws<ArgumentException>(() => examples.Forward(x, new(1, 59), new(1, 60), new(3, 60), memory));
        Assert.Throws<ArgumentException>(() => examples.InputGradient(x, x, new(1, 61), new(3, 60), memory));
        Assert.Throws<ArgumentException>(() => examples.InputGradient(x, x, new(1, 60), new(3, 61), memory));
    }

    [Fact]
    public void A_result_must_not_overlap_what_is_read()
    {
        OperationMemory memory = new(isTraining: true);
        Matrix both = new(1, image.Size + 48), x = both.Part(0, 1, image.Size);
        Assert.Throws<ArgumentException>(
            () => convolution.Forward(x, new(4, 18), default, both.Part(image.Size - 1, 1, 48), memory));
        Assert.Throws<ArgumentException>(
            () => convolution.InputGradient(both.Part(image.Size - 1, 1, 48), new(4, 18), x, memory));
        Assert.Throws<ArgumentException>(() => pooling.Average(x, both.Part(0, 1, 12)));
        Assert.Throws<ArgumentException>(() => global.Average(x, both.Part(0, 1, 2)));
    }

    [Fact]
    public void A_prediction_remembers_less_and_gives_the_same_bits()
    {
        Matrix x = TestNumbers.UniformMatrix(3, image.Size, 1), scale = TestNumbers.UniformMatrix(1, image.Size, 2);
        Matrix maximum = new(3, 12), normalized = new(3, image.Size);
        Matrix maximumInTraining = new(3, 12), normalizedInTraining = new(3, image.Size);
        OperationMemory prediction = new(isTraining: false), training = new(isTraining: true);
        pooling.Max(x, maximum, prediction);
        pooling.Max(x, maximumInTraining, training);
        examples.Forward(x, scale, scale, normalized, prediction);
        examples.Forward(x, scale, scale, normalizedInTraining, training);
        TestNumbers.AssertSameBits(maximumInTraining.Values, maximum.Values, "maximum");
        TestNumbers.AssertSameBits(normalizedInTraining.Values, normalized.Values, "normalised examples");
        Assert.Equal(0, pooling.Winners(3, prediction).LargestMagnitude);
        Assert.NotEqual(0, pooling.Winners(3, training).LargestMagnitude);
    }

    [Fact]
    public void A_memory_keeps_each_matrix_by_its_name()
    {
        var memory = new OperationMemory(isTraining: true);
        memory.Matrix("a", 4, 3).Values.Fill(1);
        memory.Matrix("b", 2, 2).Values.Fill(2);
        Assert.Equal(Enumerable.Repeat(1f, 6), memory.Matrix("a", 2, 3).Values.ToArray());      // of a smaller batch
        Assert.Equal(Enumerable.Repeat(2f, 4), memory.Matrix("b", 2, 2).Values.ToArray());
        Assert.Equal(new float[15], memory.Matrix("a", 5, 3).Values.ToArray());                 // it had to grow
        Assert.Throws<OverflowException>(() => memory.Matrix("a", 1 << 16, 1 << 16));
    }

    [Fact]
    public void A_layer_has_one_memory_in_each_pass()
    {
        Layer[] layers = [new Conv2D(2, 3), new MaxPool2D(2)];
        var sequence = new LayerSequence(new Shape(1, 6, 6), layers);
        Pass pass = new(sequence, capacity: 2, random: null), other = new(sequence, capacity: 2, random: new(1));
        var memory = pass.Memory(layers[0]);
        Assert.Same(memory, pass.Memory(layers[0]));
        Assert.NotSame(memory, pass.Memory(layers[1]));
        Assert.NotSame(memory, other.Memory(layers[0]));
        Assert.False(memory.IsTraining);
        Assert.True(other.Memory(layers[0]).IsTraining);
        pass.Memory(layers[0], "mask", 2, 2).Values.Fill(3);
        Assert.Equal([3f, 3f, 3f, 3f], memory.Matrix("mask", 2, 2).Values.ToArray());
    }
}
