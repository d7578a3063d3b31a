using Nabla.Losses;

namespace Nabla.Tests.Losses;

public sealed class LossListTests
{
    [Fact]
    public void Every_loss_is_known_by_its_name()
    {
        var all = typeof(Loss).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract);
        Assert.Equal(all.Select(type => type.Name).Order(), LossList.Names.Select(name => LossList.Parse(name).GetType().Name).Order());
        Assert.All(LossList.Names, name => Assert.Equal(name, LossList.Parse($" {name.ToUpperInvariant()} ").Name));
    }

    [Fact]
    public void A_misspelt_loss_is_guessed()
    {
        var e = Assert.Throws<FormatException>(() => LossList.Parse("squared-eror"));
        Assert.Contains("Did you mean 'squared-error'? Known are: squared-error, softmax-cross-entropy, sigmoid-cross-entropy.", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", Assert.Throws<FormatException>(() => LossList.Parse("xyz")).Message, StringComparison.Ordinal);
    }
}
