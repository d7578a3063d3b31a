namespace Nabla.Tests.Parsing;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("mnits", "mnist")]              // two letters swapped
    [InlineData("mnst", "mnist")]               // one letter missing
    [InlineData("mnisst", "mnist")]             // one letter inserted
    [InlineData("MNIZT", "mnist")]              // one letter replaced
    [InlineData("fashoin-mnst", "fashion-mnist")]
    [InlineData("digits", "digits")]
    [InlineData("cifar", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_found(string word, string? nearest) =>
        Assert.Equal(nearest, Spelling.Nearest(word, ["digits", "mnist", "fashion-mnist"]));

    [Fact]
    public void Of_two_near_words_the_nearer_is_found() =>
        Assert.Equal("dense", Spelling.Nearest("dense2", ["dents2", "dense"]));
}
