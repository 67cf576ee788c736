import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * Binds to 127.0.0.1 whatever was to listen on every network interface: DynamoDB Local has no setting for it. It is
 * named by the JDK's own property `java.nio.channels.spi.SelectorProvider`, so the engine runs as Amazon made it.
 */
public final class LoopbackSelectors extends SelectorProvider {
  private final SelectorProvider standard = standardProvider();

  /** The JDK has no public way to it; needs `--add-exports java.base/sun.nio.ch=ALL-UNNAMED`. */
  private static SelectorProvider standardProvider() {
    try {
      Object found = Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
      return (SelectorProvider) found;
    } catch (ReflectiveOperationException cause) {
      throw new IllegalStateException("This Java has no default selector provider where it is looked for", cause);
    }
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    return new LoopbackServer(this, standard.openServerSocketChannel());
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    return standard.openDatagramChannel();
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return standard.openDatagramChannel(family);
  }

  @Override
  public Pipe openPipe() throws IOException {
    return standard.openPipe();
  }

  @Override
  public AbstractSelector openSelector() throws IOException {
    return standard.openSelector();
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return standard.openSocketChannel();
  }

  /** Passes everything on but the address. It cannot be registered with a selector: its user accepts in a thread. */
  private static final class LoopbackServer extends ServerSocketChannel {
    private final ServerSocketChannel inner;

    LoopbackServer(SelectorProvider provider, ServerSocketChannel inner) {
      super(provider);
      this.inner = inner;
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
      int port = local instanceof InetSocketAddress address ? address.getPort() : 0;
      inner.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), backlog);
      return this;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
      inner.setOption(name, value);
      return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
      return inner.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
      return inner.supportedOptions();
    }

    @Override
    public ServerSocket socket() {
      return inner.socket();
    }

    @Override
    public SocketChannel accept() throws IOException {
      return inner.accept();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
      return inner.getLocalAddress();
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
      inner.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
      inner.configureBlocking(block);
    }
  }
}
