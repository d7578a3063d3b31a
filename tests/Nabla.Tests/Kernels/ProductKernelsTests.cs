using System.Text.RegularExpressions;
using Nabla.Kernels;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Kernels;

/// <summary>
/// Which kernel computes which product. The table in the README of the kernels must have the same rows.
/// </summary>
[Collection(Machine.Name)]
public sealed partial class ProductKernelsTests : MachineTests
{
    private const string Dense = "dense", Digits = "digits", Relu = "relu";

    /// <summary>Products of layers: forward Y = X·Wᵀ, ∂C/∂W = δᵀ·X and ∂C/∂X = δ·W.</summary>
    [Theory]
    [InlineData("forward", 1, 16, 784, Digits, Dense, nameof(SparseInnerProduct))]         // a prediction of classic
    [InlineData("forward", 32, 16, 784, Digits, Dense, nameof(SparseInnerProduct))]        // its first layer
    [InlineData("forward", 32, 8, 784, Digits, Dense, nameof(InnerProduct))]               // a map would serve too few
    [InlineData("forward", 1, 16, 784, Dense, Dense, nameof(VectorProduct))]
    [InlineData("forward", 1, 16, 16, Dense, Dense, nameof(VectorProduct))]                // its second layer
    [InlineData("forward", 1, 8, 16, Dense, Dense, nameof(VectorProduct))]
    [InlineData("forward", 1, 7, 16, Dense, Dense, nameof(InnerProduct))]                  // fewer than eight neurons
    [InlineData("forward", 2, 16, 784, Dense, Dense, nameof(InnerProduct))]
    [InlineData("forward", 128, 83, 784, Dense, Dense, nameof(InnerProduct))]              // 65,072 weights
    [InlineData("forward", 128, 84, 784, Dense, Dense, nameof(PackedProduct))]             // 65,856: not narrow
    [InlineData("forward", 128, 128, 784, Digits, Dense, nameof(SparseProduct))]
    [InlineData("forward", 128, 512, 512, Relu, Dense, nameof(SparseProduct))]
    [InlineData("forward", 7, 512, 512, Relu, Dense, nameof(PackedProduct))]               // fewer than eight rows
    [InlineData("forward", 1, 1024, 784, Digits, Dense, nameof(PackedProduct))]
    [InlineData("forward", 128, 512, 512, Dense, Dense, nameof(PackedProduct))]
    [InlineData("forward", 32, 16, 15, Dense, Dense, nameof(SinglePanelProduct))]          // shorter than sixteen lanes
    [InlineData("forward", 32, 68, 15, Dense, Dense, nameof(SinglePanelProduct))]          // 1,020 weights
    [InlineData("forward", 32, 69, 15, Dense, Dense, nameof(PackedProduct))]               // 1,035
    [InlineData("forward", 32, 16, 0, Dense, Dense, nameof(DirectProduct))]                // the bias alone
    [InlineData("weights", 16, 784, 32, Dense, Digits, nameof(SparseGradient))]
    [InlineData("weights", 128, 784, 128, Dense, Digits, nameof(SparseGradient))]
    [InlineData("weights", 128, 784, 128, Relu, Digits, nameof(SparseProduct))]            // δ has more zeros than X
    [InlineData("weights", 11, 784, 32, Dense, Digits, nameof(DirectProduct))]             // a map would serve too few
    [InlineData("weights", 128, 784, 1025, Dense, Digits, nameof(PackedProduct))]          // a batch too large for it
    [InlineData("weights", 16, 784, 32, Dense, Dense, nameof(DirectProduct))]
    [InlineData("weights", 128, 784, 128, Dense, Dense, nameof(DirectProduct))]
    [InlineData("weights", 512, 512, 64, Dense, Dense, nameof(PackedProduct))]             // 16,777,216 multiply-adds
    [InlineData("weights", 512, 511, 64, Dense, Dense, nameof(DirectProduct))]
    [InlineData("weights", 512, 512, 128, Relu, Dense, nameof(SparseProduct))]
    [InlineData("inputs", 32, 16, 16, Dense, Dense, nameof(DirectProduct))]
    [InlineData("inputs", 128, 512, 512, Dense, Dense, nameof(PackedProduct))]
    [InlineData("inputs", 128, 512, 512, Relu, Dense, nameof(SparseProduct))]
    [InlineData("inputs", 17000, 32, 32, Dense, Dense, nameof(SinglePanelProduct))]        // a small W, many rows
    public void The_first_kernel_that_suits_is_chosen(
        string kind, int rows, int columns, int depth, string left, string right, string expected)
    {
        bool aTransposed = kind == "weights", bTransposed = kind == "forward";
        float[] a = Values(left, aTransposed ? depth : rows, aTransposed ? rows : depth);
        float[] b = Values(right, bTransposed ? columns : depth, bTransposed ? depth : columns);
        foreach (var set in Machine.Available)
            foreach (var threads in (ReadOnlySpan<int>)[1, 5])
            {
                (Processor.Current, Workers.Threads) = (set, threads);
                // only AVX-512 has registers for the sixteen results of a vector product
                var name = expected == nameof(VectorProduct) && set != InstructionSet.Avx512
                    ? nameof(InnerProduct)
                    : expected;
                Assert.Equal(name, ChosenFor(a, aTransposed, b, bTransposed, rows, columns, depth));
            }
    }

    [Fact]
    public void The_table_of_the_README_lists_the_kernels_in_their_order()
    {
        var all = new Names();
        ProductKernels.Visit(ref all);
        var page = File.ReadAllText(Path.Combine(PublicApiTests.Root(), "src", "Nabla", "Kernels", "README.md"));
        Assert.Equal(all.Found, TableRow().Matches(page).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Every_product_kernel_has_its_row()
    {
        var all = new Names();
        ProductKernels.Visit(ref all);
        var kernels = typeof(IProductKernel).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IProductKernel)));
        Assert.Equal(kernels.Select(type => type.Name).Order(), all.Found.Order());
    }

    private static unsafe string? ChosenFor(
        float[] a, bool aTransposed, float[] b, bool bTransposed, int rows, int columns, int depth)
    {
        var map = new ulong[16];
        fixed (float* pa = a, pb = b)
        fixed (ulong* row = map)
        {
            var operands = new ProductOperands(pa, aTransposed, pb, bTransposed, null, null, rows, columns, depth);
            if (SparseInnerProduct.NeedsMapOfRow(operands))
            {
                ZeroMap.Find(pa, 1, depth, row);
                operands.Zeros = row;
            }
            var first = new FirstName(in operands);
            ProductKernels.Visit(ref first);
            return first.Found;
        }
    }

    /// <summary>A matrix without zeros, with as many zeros as digits have, or with as many as a ReLU leaves.</summary>
    private static float[] Values(string kind, int rows, int columns)
    {
        var values = TestNumbers.Uniform(rows * columns, 1);
        for (var i = 0; i < values.Length; i++)
            values[i] = kind switch
            {
                Digits => i % columns * 8 / columns is < 2 or > 5 ? 0 : values[i],      // both margins, half of a row
                Relu => i * 7 % 11 < 8 ? 0 : values[i],
                _ => values[i] == 0 ? 1 : values[i],
            };
        return values;
    }

    /// <summary>The kernels in the order of the list.</summary>
    private readonly struct Names() : IProductKernelVisitor
    {
        public List<string> Found { get; } = [];

        public bool Visit<TKernel>() where TKernel : struct, IProductKernel
        {
            Found.Add(typeof(TKernel).Name);
            return false;
        }
    }

    /// <summary>The kernel that is chosen.</summary>
    private ref struct FirstName(ref readonly ProductOperands operands) : IProductKernelVisitor
    {
        private readonly ref readonly ProductOperands operands = ref operands;

        public string? Found { get; private set; }

        public bool Visit<TKernel>() where TKernel : struct, IProductKernel
        {
            if (!TKernel.Suits(operands))
                return false;
            Found = typeof(TKernel).Name;
            return true;
        }
    }

    /// <summary>A row of the table: | condition | `Kernel` | …, where the kernel is a product.</summary>
    [GeneratedRegex(@"^\| [^|]+ \| \[`(\w+)`\]\(Products/(?!GemmMicroKernel)[^)]+\) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
