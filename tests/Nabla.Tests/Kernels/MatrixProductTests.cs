using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class MatrixProductTests : MachineTests
{
    private static readonly (bool A, bool B)[] transpositions =
        [(false, false), (false, true), (true, false), (true, true)];

    /// <summary>
    /// Rows, columns, depth. Shapes from real layers; shapes large enough for threads to share the work; and shapes on
    /// either side of each choice between kernels: several blocks of the packed one (along rows, depth and both), a
    /// wide layer with few rows, short inner products, a small B that is transposed for all threads.
    /// </summary>
    private static readonly (int Rows, int Columns, int Depth)[] larger =
    [
        (1, 10, 784), (32, 16, 784), (100, 10, 784), (33, 784, 100), (784, 16, 32), (7, 784, 16), (64, 128, 784),
        (300, 65, 257), (129, 513, 31), (257, 300, 64), (211, 333, 700), (3100, 37, 170), (3, 260, 260), (5, 70, 15),
        (5, 70, 16), (40, 100, 17), (3100, 37, 600), (6000, 10, 12), (17000, 32, 32),
    ];

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Every_shape_agrees_with_the_naive_twin(string instructionSet)
    {
        Use(instructionSet);
        foreach (var rows in TestNumbers.AwkwardSizes)
            foreach (var columns in TestNumbers.AwkwardSizes)
                foreach (var depth in TestNumbers.AwkwardSizes)
                    foreach (var (aTransposed, bTransposed) in transpositions)
                        CheckWholeNumbers(rows, columns, depth, aTransposed, bTransposed);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Larger_products_agree_with_the_naive_twin(string instructionSet)
    {
        Use(instructionSet);
        foreach (var (rows, columns, depth) in larger)
            foreach (var (aTransposed, bTransposed) in transpositions)
                CheckWholeNumbers(rows, columns, depth, aTransposed, bTransposed);
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Rounding_stays_within_its_bound(string instructionSet)
    {
        Use(instructionSet);
        (int, int, int)[] shapes = [.. larger, (17, 33, 1), (9, 31, 15), (3, 3, 784), (2, 100, 33)];
        foreach (var (rows, columns, depth) in shapes)
            foreach (var (aTransposed, bTransposed) in transpositions)
            {
                var (a, b, bias) = Operands(rows, columns, depth);
                var where = Case(rows, columns, depth, aTransposed, bTransposed);
                var c = new float[rows * columns];
                MatrixProduct.Multiply(a, aTransposed, b, bTransposed, bias, c, rows, columns, depth);
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < columns; j++)
                    {
                        double exact = bias[j], size = Math.Abs(bias[j]);
                        for (var k = 0; k < depth; k++)
                        {
                            var ofA = (double)At(a, aTransposed, i, k, rows, depth);
                            var term = ofA * At(b, bTransposed, k, j, depth, columns);
                            exact += term;
                            size += Math.Abs(term);
                        }
                        // Each addition rounds once, by half a unit at most.
                        var bound = (depth + 1) * Math.ScaleB(1, -24) * size;
                        var found = c[i * columns + j];
                        if (!(Math.Abs(found - exact) <= bound))
                            Assert.Fail($"{where}: C({i}, {j}) is {found:R}, exactly {exact:R}.");
                    }
            }
    }

    [Fact]
    public void Every_instruction_set_and_every_number_of_threads_gives_the_same_bits()
    {
        var inTotal = Environment.ProcessorCount;
        (int, int, int)[] shapes = [.. larger, (17, 17, 17), (1, 33, 100), (100, 1, 33), (33, 100, 1), (15, 31, 9)];
        foreach (var (rows, columns, depth) in shapes)
            foreach (var (aTransposed, bTransposed) in transpositions)
            {
                var (a, b, bias) = Operands(rows, columns, depth);
                var where = Case(rows, columns, depth, aTransposed, bTransposed);
                float[]? expected = null;
                foreach (var set in Machine.Available)
                    foreach (var threads in (ReadOnlySpan<int>)[1, 2, 3, 8, inTotal])
                    {
                        (Processor.Current, Workers.Threads) = (set, threads);
                        var c = new float[rows * columns];
                        MatrixProduct.Multiply(a, aTransposed, b, bTransposed, bias, c, rows, columns, depth);
                        expected ??= c;
                        TestNumbers.AssertSameBits(expected, c, $"{where}, {set}, {threads} threads");
                    }
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_row_of_a_batch_has_the_same_bits_as_the_row_alone(string instructionSet)
    {
        Use(instructionSet);
        (int, int, int)[] shapes = [.. larger, (37, 19, 45), (5, 16, 16), (2, 1, 100)];
        foreach (var (rows, columns, depth) in shapes)
            foreach (var (aTransposed, bTransposed) in transpositions)
            {
                var (a, b, bias) = Operands(rows, columns, depth);
                var where = Case(rows, columns, depth, aTransposed, bTransposed);
                var c = new float[rows * columns];
                MatrixProduct.Multiply(a, aTransposed, b, bTransposed, bias, c, rows, columns, depth);
                var row = new float[depth];
                var alone = new float[columns];
                for (var i = 0; i < rows; i++)
                {
                    for (var k = 0; k < depth; k++)
                        row[k] = At(a, aTransposed, i, k, rows, depth);
                    MatrixProduct.Multiply(row, aTransposed, b, bTransposed, bias, alone, 1, columns, depth);
                    TestNumbers.AssertSameBits(alone, c.AsSpan(i * columns, columns), $"{where}, row {i}");
                }
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void NaN_spoils_only_its_own_row_and_column(string instructionSet)
    {
        Use(instructionSet);
        const int rows = 19, columns = 37, depth = 21;
        foreach (var (aTransposed, bTransposed) in transpositions)
        {
            var (a, b, _) = Operands(rows, columns, depth);
            var c = new float[rows * columns];
            a[aTransposed ? 20 * rows + 18 : 18 * depth + 20] = float.NaN;              // A(18, 20)
            b[bTransposed ? 36 * depth + 20 : 20 * columns + 36] = float.PositiveInfinity;   // B(20, 36)
            MatrixProduct.Multiply(a, aTransposed, b, bTransposed, [], c, rows, columns, depth);
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    if (i == 18)
                        Assert.True(float.IsNaN(c[i * columns + j]));
                    else
                        Assert.Equal(j == 36, float.IsInfinity(c[i * columns + j]));
        }
    }

    /// <summary>
    /// Values as in images: long stretches of zeros, then something, and margins. The naive twin skips nothing, and
    /// adds in the order that the products promise: one chain of multiply-adds for each result, or sixteen for a
    /// narrow layer.
    /// </summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Skipping_zeros_changes_no_bit(string instructionSet)
    {
        Use(instructionSet);
        (int Rows, int Columns, int Depth, bool OfLayer)[] shapes =
        [
            (128, 128, 784, true), (37, 100, 784, true), (1, 90, 784, true), (13, 300, 1100, true),
            (40, 300, 256, true), (3100, 33, 2000, true),
            (32, 16, 784, true), (1, 16, 784, true), (1, 10, 784, true), (1, 3, 784, true),
            (1, 20, 1100, true), (1, 33, 1024, true), (1, 8, 1100, true), (1, 24, 133, true), (1, 4, 4000, true),
            (9, 17, 133, true), (3, 5, 4000, true), (16, 784, 32, false), (10, 300, 7, false),
            (37, 30, 784, true), (70, 12, 2056, true), (3, 16, 136, true), (1, 7, 128, true), (200, 8, 784, true),
            (2, 4, 9000, true), (65, 83, 784, true), (260, 35, 784, true), (260, 36, 784, true),
            (30, 784, 32, false), (4, 128, 8, false), (7, 136, 9, false), (10, 784, 100, false), (16, 2056, 65, false),
            (16, 128, 1024, false), (16, 128, 1025, false), (17, 784, 64, false), (23, 1032, 200, false),
            (63, 784, 40, false),
            (128, 784, 100, false), (90, 784, 64, false), (64, 200, 512, false), (64, 200, 513, false),
            (64, 300, 33, false), (70, 131, 512, false), (512, 784, 128, false), (65, 129, 32, false),
            .. Enumerable.Range(4, 15).Select(neurons => (neurons, 136, 70, false)),
            .. Enumerable.Range(3, 11).Select(neurons => (5, neurons, 136, true)),
        ];
        foreach (var (rows, columns, depth, ofLayer) in shapes)
        {
            var (a, b, someBias) = Operands(rows, columns, depth);
            var bias = ofLayer ? someBias : [];
            Blank(ofLayer ? a : b, ofLayer ? depth : columns);
            var expected = Chained(a, !ofLayer, b, ofLayer, bias, rows, columns, depth);
            foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
            {
                Workers.Threads = threads;
                var c = new Guarded(rows * columns);
                MatrixProduct.Multiply(a, !ofLayer, b, ofLayer, bias, c.Values, rows, columns, depth);
                var where = Case(rows, columns, depth, !ofLayer, ofLayer);
                TestNumbers.AssertSameBits(expected, c.Values, where);
                c.AssertIntact(where);
                if (!ZeroMap.Suits(ofLayer ? depth : columns))
                    continue;
                var zeros = MapOf(ofLayer ? a : b, ofLayer ? rows : depth);
                c.Values.Fill(float.NaN);
                MatrixProduct.Multiply(a, !ofLayer, b, ofLayer, bias, c.Values, rows, columns, depth, zeros);
                TestNumbers.AssertSameBits(expected, c.Values, $"{where}, with a map");
                c.AssertIntact(where);
            }
        }
    }

    /// <summary>
    /// Values as a ReLU leaves them, with zeros in no order, in every layout: a layer's outputs, the derivatives of the
    /// backward pass, and the gradient.
    /// </summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Skipping_single_zeros_changes_no_bit(string instructionSet)
    {
        Use(instructionSet);
        (int Rows, int Columns, int Depth)[] shapes =
        [
            (1, 32, 32), (2, 33, 63), (7, 47, 64), (17, 64, 65), (5, 100, 127), (40, 127, 128), (33, 128, 129),
            (9, 129, 100), (3, 260, 260), (64, 300, 257), (130, 513, 192), (1030, 40, 70), (2050, 36, 32),
            (70, 784, 128),
            .. Enumerable.Range(1, 17).Select(sets => (4, 16 * sets + sets % 3, 640)),
        ];
        foreach (var (rows, columns, depth) in shapes)
            foreach (var (aTransposed, bTransposed) in transpositions)
                foreach (var bias in (float[][])[[], TestNumbers.Uniform(columns, 3)])
                {
                    var (a, b, _) = Operands(rows, columns, depth);
                    for (var i = 0; i < a.Length; i++)
                        a[i] = Math.Max(a[i] - 0.3f, i % 5 == 0 ? -0f : 0f);
                    var expected = Chained(a, aTransposed, b, bTransposed, bias, rows, columns, depth);
                    foreach (var threads in (ReadOnlySpan<int>)[1, 2, 5])
                    {
                        Workers.Threads = threads;
                        var c = new Guarded(rows * columns);
                        c.Values.Fill(float.NaN);
                        MatrixProduct.Multiply(a, aTransposed, b, bTransposed, bias, c.Values, rows, columns, depth);
                        var where = $"{Case(rows, columns, depth, aTransposed, bTransposed)}, {threads} threads";
                        TestNumbers.AssertSameBits(expected, c.Values, where);
                        c.AssertIntact(where);
                    }
                }
    }

    /// <summary>
    /// If one operand has single zeros, the values of the other that meet only those zeros are not used: NaN there
    /// would show.
    /// </summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_single_zero_is_skipped(string instructionSet)
    {
        Use(instructionSet);
        const int rows = 40, columns = 130, depth = 520;
        foreach (var (aTransposed, bTransposed) in transpositions)
        {
            var (a, b, _) = Operands(rows, columns, depth);
            var c = new float[rows * columns];
            for (var k = 0; k < depth; k += 2)
            {
                for (var i = 0; i < rows; i++)
                    a[aTransposed ? k * rows + i : i * depth + k] = 0;
                for (var j = 0; j < columns; j++)
                    b[bTransposed ? j * depth + k : k * columns + j] = float.NaN;
            }
            MatrixProduct.Multiply(a, aTransposed, b, bTransposed, [], c, rows, columns, depth);
            Assert.All(c, value => Assert.True(float.IsFinite(value)));
        }
    }

    /// <summary>
    /// A chain is −0 after a product that is too small for a float32, and adding 0·w makes 0 of it. No result may
    /// reveal whether that was skipped.
    /// </summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_zero_has_no_sign(string instructionSet)
    {
        Use(instructionSet);
        (int, int)[] shapes = [(16, 128), (3, 130), (8, 128), (10, 130), (20, 128), (600, 128)];
        foreach (var (columns, depth) in shapes)
            foreach (var bias in (float[]?[])[[], [.. Enumerable.Repeat(-0f, columns)]])
            {
                const int rows = 12;
                float[] a = new float[rows * depth], b = [.. Enumerable.Repeat(1e-30f, columns * depth)];
                float[] c = new float[rows * columns], alone = new float[columns];
                a.AsSpan(0, 16).Fill(-1e-30f);              // the first row's products are too small
                a[3 * depth + depth - 1] = 1;               // another row has something at its end
                MatrixProduct.Multiply(a, false, b, true, bias, c, rows, columns, depth);
                MatrixProduct.Multiply(a.AsSpan(0, depth), false, b, true, bias, alone, 1, columns, depth);
                TestNumbers.AssertSameBits(new float[columns], c.AsSpan(0, columns), $"{columns} columns, in a batch");
                TestNumbers.AssertSameBits(new float[columns], alone, $"{columns} columns, alone");
            }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_zero_in_a_gradient_has_no_sign(string instructionSet)
    {
        Use(instructionSet);
        const int inputs = 128, batch = 32;
        foreach (var neurons in (ReadOnlySpan<int>)[3, 5, 13, 16, 64])
        {
            float[] x = new float[batch * inputs], delta = [.. Enumerable.Repeat(-1e-30f, batch * neurons)];
            var gradient = new float[neurons * inputs];
            for (var i = 0; i < batch; i++)
                x.AsSpan(i * inputs, 32).Fill(1e-30f);              // the products are too small
            MatrixProduct.Multiply(delta, true, x, false, [], gradient, neurons, inputs, batch);
            TestNumbers.AssertSameBits(new float[neurons * inputs], gradient, $"{neurons} neurons");
        }
    }

    /// <summary>Where a map has no bit, the product does not look at the values.</summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_map_is_trusted(string instructionSet)
    {
        Use(instructionSet);
        const int batch = 32, neurons = 16, inputs = 784;
        float[] x = TestNumbers.Uniform(batch * inputs, 1), w = TestNumbers.Uniform(neurons * inputs, 2);
        var delta = TestNumbers.Uniform(batch * neurons, 3);
        float[] y = new float[batch * neurons], gradient = new float[neurons * inputs];
        var nothing = new ulong[batch * ZeroMap.Words(inputs)];
        MatrixProduct.Multiply(x, false, w, true, [], y, batch, neurons, inputs, nothing);
        MatrixProduct.Multiply(delta, true, x, false, [], gradient, neurons, inputs, batch, nothing);
        Assert.All(y, value => Assert.Equal(0, value));
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void A_blank_batch_gives_the_bias_and_a_gradient_of_zeros(string instructionSet)
    {
        Use(instructionSet);
        foreach (var (batch, neurons) in (ReadOnlySpan<(int, int)>)[(1, 16), (33, 16), (33, 90), (128, 128)])
        {
            const int inputs = 784;
            float[] x = new float[batch * inputs], w = TestNumbers.Uniform(neurons * inputs, 1);
            float[] bias = TestNumbers.Uniform(neurons, 2), delta = TestNumbers.Uniform(batch * neurons, 3);
            Guarded y = new(batch * neurons), gradient = new(neurons * inputs);
            MatrixProduct.Multiply(x, false, w, true, bias, y.Values, batch, neurons, inputs);
            MatrixProduct.Multiply(delta, true, x, false, [], gradient.Values, neurons, inputs, batch);
            for (var i = 0; i < y.Values.Length; i++)
                Assert.Equal(bias[i % neurons], y.Values[i]);
            TestNumbers.AssertSameBits(new float[neurons * inputs], gradient.Values, "gradient");
            y.AssertIntact("outputs");
            gradient.AssertIntact("gradient");
        }
    }

    /// <summary>Where one operand is blank, the other is not even read: NaN there would show.</summary>
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Blank_stretches_are_skipped(string instructionSet)
    {
        Use(instructionSet);
        const int inputs = 784, blank = 96;
        (int, bool)[] cases = [(16, false), (16, true), (128, false), (128, true)];
        foreach (var (neurons, known) in cases)
        {
            const int batch = 48;
            float[] x = TestNumbers.Uniform(batch * inputs, 1), w = TestNumbers.Uniform(neurons * inputs, 2);
            var y = new float[batch * neurons];
            Blank(x, inputs);
            for (var neuron = 0; neuron < neurons; neuron++)
                w.AsSpan(neuron * inputs, blank).Fill(float.NaN);
            ulong[] zeros = known ? MapOf(x, batch) : [];
            MatrixProduct.Multiply(x, false, w, true, [], y, batch, neurons, inputs, zeros);
            Assert.All(y, value => Assert.True(float.IsFinite(value)));
            var few = neurons == 16 ? 1 : 8;        // a wide layer copies its weights first, which does not pay for one
            var alone = new float[few * neurons];
            MatrixProduct.Multiply(x.AsSpan(0, few * inputs), false, w, true, [], alone, few, neurons, inputs);
            TestNumbers.AssertSameBits(y.AsSpan(0, few * neurons), alone, "the first rows alone");

            float[] delta = TestNumbers.Uniform(batch * neurons, 3), gradient = new float[neurons * inputs];
            delta[0] = float.NaN;                                   // of the first neuron, in the first example
            MatrixProduct.Multiply(delta, true, x, false, [], gradient, neurons, inputs, batch, zeros);
            Assert.All(gradient[..blank], value => Assert.Equal(0, value));
            Assert.Contains(gradient[blank..inputs], float.IsNaN);
        }
    }

    private static ulong[] MapOf(float[] numbers, int rows)
    {
        var length = numbers.Length / rows;
        var map = new ulong[rows * ZeroMap.Words(length)];
        ZeroMap.Find(numbers, rows, length, map);
        return map;
    }

    /// <summary>
    /// In rows of this length, keeps stretches of 1 to 20 values and clears three times as many between them, and an
    /// eighth of the row at each end.
    /// </summary>
    private static void Blank(Span<float> numbers, int length)
    {
        var random = new RandomGenerator(4, stream: 0x7E57);
        for (var start = 0; start < numbers.Length; start += length)
        {
            for (var i = start; i < start + length;)
            {
                var end = Math.Min(i + random.NextInt(60), start + length);
                numbers[i..end].Clear();
                i = end + 1 + random.NextInt(20);
            }
            numbers.Slice(start, length / 8).Clear();
            numbers.Slice(start + length - length / 8, length / 8).Clear();
        }
    }

    /// <summary>
    /// A·B + bias, added in the order that the products promise: one chain of multiply-adds for each result, or sixteen
    /// for a narrow layer. Nothing is skipped.
    /// </summary>
    private static float[] Chained(
        float[] a, bool aTransposed, float[] b, bool bTransposed, float[] bias, int rows, int columns, int depth)
    {
        var isNarrow = !aTransposed && bTransposed && depth >= 16 && b.Length < 1 << 16;
        float[] c = new float[rows * columns], chains = new float[isNarrow ? 16 : 1];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                Array.Clear(chains);
                for (var k = 0; k < depth; k++)
                {
                    ref var chain = ref chains[k % chains.Length];
                    chain = MathF.FusedMultiplyAdd(
                        At(a, aTransposed, i, k, rows, depth), At(b, bTransposed, k, j, depth, columns), chain);
                }
                var sum = isNarrow ? LanesTests.Folded(chains) : chains[0];
                c[i * columns + j] = sum + (bias.Length > 0 ? bias[j] : 0f);
            }
        return c;
    }

    private static (float[] A, float[] B, float[] Bias) Operands(int rows, int columns, int depth) => (
        TestNumbers.Uniform(rows * depth, 1),
        TestNumbers.Uniform(depth * columns, 2),
        TestNumbers.Uniform(columns, 3));

    private static void CheckWholeNumbers(int rows, int columns, int depth, bool aTransposed, bool bTransposed)
    {
        Guarded a = new(TestNumbers.Whole(rows * depth, 1)), b = new(TestNumbers.Whole(depth * columns, 2));
        var bias = new Guarded(TestNumbers.Whole(columns, 3));
        var expected = Naive(a.Values, aTransposed, b.Values, bTransposed, [], rows, columns, depth);
        CheckOne([]);
        for (var i = 0; i < expected.Length; i++)
            expected[i] += bias.Values[i % columns];
        CheckOne(bias.Values);

        void CheckOne(ReadOnlySpan<float> biasOrNone)
        {
            var where = Case(rows, columns, depth, aTransposed, bTransposed) + (biasOrNone.IsEmpty ? "" : " with bias");
            var c = new Guarded(rows * columns);
            MatrixProduct.Multiply(
                a.Values, aTransposed, b.Values, bTransposed, biasOrNone, c.Values, rows, columns, depth);
            for (var i = 0; i < expected.Length; i++)
                if (!(c.Values[i] == expected[i]))
                    Assert.Fail($"{where}: C({i / columns}, {i % columns}) is {c.Values[i]}, expected {expected[i]}.");
            c.AssertIntact(where);
        }
    }

    private static float[] Naive(
        ReadOnlySpan<float> a,
        bool aTransposed,
        ReadOnlySpan<float> b,
        bool bTransposed,
        ReadOnlySpan<float> bias,
        int rows,
        int columns,
        int depth)
    {
        var c = new float[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                double sum = bias.IsEmpty ? 0 : bias[j];
                for (var k = 0; k < depth; k++)
                    sum += (double)At(a, aTransposed, i, k, rows, depth) * At(b, bTransposed, k, j, depth, columns);
                c[i * columns + j] = (float)sum;
            }
        return c;
    }

    /// <summary>Element (i, j) of a matrix of rows × columns that may be stored as columns × rows.</summary>
    private static float At(ReadOnlySpan<float> m, bool transposed, int i, int j, int rows, int columns) =>
        transposed ? m[j * rows + i] : m[i * columns + j];

    private static string Case(int rows, int columns, int depth, bool aTransposed, bool bTransposed) =>
        $"A{(aTransposed ? "ᵀ" : "")}·B{(bTransposed ? "ᵀ" : "")}, {rows} × {columns}, depth {depth}";
}
