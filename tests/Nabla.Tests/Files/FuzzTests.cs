using Nabla.Fuzz;
using Nabla.Fuzz.Readers;

namespace Nabla.Tests.Files;

/// <summary>
/// Fuzzes every reader for a moment. For longer:
/// <c>dotnet run -c Release --project tests/Nabla.Fuzz -- READER --seconds 600</c>.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Readers.Names];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_input_is_read_or_refused(string name)
    {
        var reader = Readers.All(folder.Path).Single(reader => reader.Name == name);
        var result = new FuzzRun(reader, seed: 5).For(TimeSpan.FromSeconds(1));
        Assert.Null(result.Failure?.ToString());
        Assert.InRange(result.Accepted, 1, result.Cases - 1);
    }

    [Fact]
    public void A_case_is_the_same_every_time()
    {
        FuzzedReader first = new BadReader(_ => { }), second = new BadReader(_ => { });
        for (var number = 0; number < 200; number++)
            Assert.Equal(new FuzzRun(first, seed: 9).Input(number), new FuzzRun(second, seed: 9).Input(number));
        Assert.NotEqual(new FuzzRun(first, seed: 9).Input(100), new FuzzRun(first, seed: 10).Input(100));
    }

    [Fact]
    public void A_reader_that_throws_an_unexpected_exception_is_found()
    {
        var failure = Fuzz(new BadReader(input => _ = input is [.., (byte)'x'] && input.Length > 3 ? input[1000] : 0));
        Assert.Contains("throws System.IndexOutOfRangeException", failure.Problem, StringComparison.Ordinal);
        Assert.Contains($"-- bad --seed 5 --case {failure.Case}", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_hangs_is_found()
    {
        using var end = new ManualResetEvent(false);
        using var ended = new ManualResetEvent(false);
        var failure = Fuzz(new BadReader(input =>
        {
            if (input.Length == 3)
                return;
            end.WaitOne();
            ended.Set();
        }));
        Assert.Contains("hangs", failure.Problem, StringComparison.Ordinal);
        end.Set();
        ended.WaitOne();                                // so that it does not run beside the tests that follow
    }

    [Fact]
    public void A_reader_that_allocates_what_the_input_demands_is_found()
    {
        var failure = Fuzz(new BadReader(input => _ = new byte[input.Length == 3 ? 0 : 5_000_000]));
        Assert.Contains("allocates 5,000,0", failure.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_control_characters_is_found()
    {
        var failure = Fuzz(new BadReader(input =>
        {
            if (input.Length != 3)
                throw new InvalidDataException("\e[2J");
        }));
        Assert.Contains("not fit for a terminal", failure.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_refuses_a_valid_input_is_found()
    {
        var failure = Fuzz(new BadReader(_ => throw new InvalidDataException("No.")));
        Assert.Contains("refuses a valid input", failure.Problem, StringComparison.Ordinal);
    }

    private static FuzzFailure Fuzz(FuzzedReader reader)
    {
        var run = new FuzzRun(reader, seed: 5) { Patience = TimeSpan.FromSeconds(0.5) };
        var result = run.For(TimeSpan.FromSeconds(60));
        return result.Failure ?? throw new InvalidOperationException("Nothing was found.");
    }

    private sealed class BadReader(Action<byte[]> read) : FuzzedReader("bad")
    {
        public override IReadOnlyList<byte[]> Valid { get; } = ["abx"u8.ToArray()];

        public override byte[] Mutate(byte[] input, RandomGenerator random) => TextMutation.Of(input, random);

        public override void Read(byte[] input) => read(input);

        public override bool Refuses(Exception e) => e is InvalidDataException;
    }
}
